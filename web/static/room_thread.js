/** What is said in a room: a thread with answers, badges, signs, polls, changes and a menu for each message. */

import { drawPoll } from "./room_poll.js";
import { Thread } from "./thread.js";
import { copyOf, pageWords } from "./words.js";

const MOST_SHOWN = 400;
const QUOTED = 120;

export class RoomThread extends Thread {
  /** Beside the options of Thread: `moderates`, `mayWrite`, `changeTermMs`: what the menus offer. */
  constructor(list, { moderates = false, mayWrite = false, changeTermMs = 0, ...options }) {
    super(list, options);
    Object.assign(this, { moderates, mayWrite, changeTermMs });
  }

  /** Events of the stream, in order. */
  take(events) {
    for (const event of events) {
      if (event.kind === "edit") this.edit(event);
      else if (event.kind === "delete") this.gone(event.body);
      else this.add(event);
    }
    this.#forgetOldest();
  }

  /** The line of a message, null if it is not on the page. */
  lineOf(seq) {
    return this.list.querySelector(`[data-seq="${Number(seq)}"]`);
  }

  /** The newest state of the signs under a message; `own` stays as this page knows it. */
  showSigns(seq, counts) {
    const place = this.lineOf(seq)?.querySelector("[data-signs]");
    if (!place) return;
    const own = new Set([...place.querySelectorAll("[aria-pressed=true]")].map((sign) => sign.dataset.sign));
    place.replaceChildren(...Object.entries(counts).map(([name, count]) => drawSign(seq, name, count, own.has(name))));
  }

  /** The reader has put a sign or taken it back: shown at once, before everybody's number comes. */
  sign(seq, reaction, on) {
    const place = this.lineOf(seq)?.querySelector("[data-signs]");
    if (!place) return;
    const shown = place.querySelector(`[data-sign="${CSS.escape(reaction)}"]`);
    const count = Number(shown?.querySelector("[data-count]").textContent ?? 0) + (on ? 1 : -1);
    const focused = shown === document.activeElement;
    const fresh = count > 0 ? [drawSign(seq, reaction, count, on)] : [];
    if (shown) shown.replaceWith(...fresh);
    else place.append(...fresh);
    if (focused) (fresh[0] ?? this.lineOf(seq)).focus();
  }

  /** Whether the reader's own sign is under the message. */
  hasSigned(seq, reaction) {
    const sign = this.lineOf(seq)?.querySelector(`[data-signs] [data-sign="${CSS.escape(reaction)}"]`);
    return sign?.ariaPressed === "true";
  }

  add(event) {
    if (event.kind === "settings") this.#system(event);
    else super.add(event);
    document.querySelector("[data-empty]")?.remove();
  }

  /** A change that was overtaken by a later one has no text and says nothing. */
  edit({ body }) {
    const item = this.lineOf(body.of);
    if (!item || body.text === undefined) return;
    item.querySelector(".bubble__text").textContent = body.text;
    item.querySelector("[data-edited]").hidden = false;
  }

  /** A message was deleted: its place stays, and what it said is nowhere on the page. */
  gone({ of, by }) {
    const item = this.lineOf(of);
    if (!item) return;
    const words = document.createElement("p");
    words.className = "bubble__text bubble__text--gone";
    words.textContent = by === "moderator" ? pageWords().byModerator : pageWords().byAuthor;
    item.querySelector(".bubble__text, [data-poll-card]").replaceWith(words);
    item.querySelector("[data-edited]").hidden = true;
    const focused = item.contains(document.activeElement);
    item.querySelector(".message__foot")?.remove();
    if (focused) item.focus();
    for (const quote of this.list.querySelectorAll(`.quote[href="#m${Number(of)}"] > span`)) {
      quote.textContent = pageWords().gone;
    }
  }

  draw(event) {
    const item = super.draw(event);
    item.dataset.at = event.at;
    if (event.seq) item.id = `m${event.seq}`;
    item.querySelector("[data-edited]").hidden = !event.body.edited;
    this.#badge(item, event.body.side);
    if (event.body.reply_to) this.#quote(item, event.body.reply_to);
    if (event.kind === "poll") {
      item.querySelector(".bubble").classList.add("bubble--poll");
      item.querySelector(".bubble__text").replaceWith(drawPoll(event.body, event.seq));
    }
    if (event.body.deleted) this.#drawGone(item, event.body.deleted);
    else if (event.seq && (this.mayWrite || this.moderates)) this.#menu(item, event);
    return item;
  }

  fill(item, { text = "" }) {
    item.querySelector(".bubble__text").textContent = text;
  }

  #drawGone(item, by) {
    const words = item.querySelector(".bubble__text");
    words.classList.add("bubble__text--gone");
    words.textContent = by === "moderator" ? pageWords().byModerator : pageWords().byAuthor;
    item.querySelector(".message__foot").remove();
  }

  #system(event) {
    const item = copyOf("settings").firstElementChild;
    item.dataset.seq = event.seq;
    item.id = `m${event.seq}`;
    item.querySelector("span").textContent = JSON.parse(pageWords().slow)[event.body.slow_mode_s] ?? "";
    const stuck = this.atEnd();
    this.list.append(item);
    if (stuck) this.scrollToEnd();
  }

  #badge(item, side) {
    if (side === "official" || side === "moderator") item.querySelector(".bubble__author").append(copyOf(side));
  }

  #quote(item, seq) {
    const answered = this.lineOf(seq);
    const quote = item.querySelector(".quote");
    quote.hidden = false;
    quote.href = `#m${Number(seq)}`;
    quote.querySelector("b").textContent = answered?.dataset.name ?? `№ ${Number(seq)}`;
    const said = answered?.querySelector(".bubble__text, .room-poll .strong")?.textContent ?? "";
    quote.querySelector("span").textContent = said.length > QUOTED ? `${said.slice(0, QUOTED).trimEnd()}…` : said;
  }

  #menu(item, event) {
    const menu = copyOf("menu");
    const own = event.author === this.me;
    for (const sign of menu.querySelectorAll("[data-sign]")) sign.value = `sign:${event.seq}:${sign.dataset.sign}`;
    menu.querySelector("[data-do=delete]").value = `delete:${event.seq}`;
    if (!own && !this.moderates) menu.querySelector("[data-do=delete]").remove();
    if (!own || event.kind !== "message") menu.querySelector("[data-do=edit]").remove();
    item.querySelector(".message__foot").append(menu);
    if (own) setTimeout(() => this.#termOver(item), this.changeTermMs);
  }

  #termOver(item) {
    item.querySelector("[data-do=edit]")?.remove();
    if (!this.moderates) item.querySelector("[data-do=delete]")?.remove();
  }

  /** A page left open for a day must not hold a day: the oldest lines can be fetched again. */
  #forgetOldest() {
    const lines = this.list.querySelectorAll("[data-seq]");
    if (lines.length <= MOST_SHOWN || !this.atEnd()) return;
    this.list.dispatchEvent(new CustomEvent("forget", { detail: lines[lines.length - MOST_SHOWN / 2] }));
  }
}

function drawSign(seq, name, count, own) {
  const sign = copyOf(`sign-${name}`).firstElementChild;
  sign.value = `${own ? "unsign" : "sign"}:${Number(seq)}:${name}`;
  sign.ariaPressed = String(own);
  sign.ariaLabel = `${sign.dataset.words}: ${count}`;
  sign.querySelector("[data-count]").textContent = count;
  return sign;
}
