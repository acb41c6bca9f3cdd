/**
 * A thread of messages that goes on live from where the server drew it. A room (room_thread.js) adds to it.
 *
 * The text of a message is only ever put in as text, never as markup. New messages never move what the
 * reader is looking at: whoever has scrolled up sees «3 new messages ↓» instead.
 */

import { counted, copyOf, labelled, pageWords } from "./words.js";

const NEAR_END_PX = 80;
const STYLES = { bold: "b", italic: "i", code: "code", pre: "code", strikethrough: "s" };
const FILE_KEY = /^[0-9a-f]{64}$/;
const FILE_SIGNS = ["📷", "📎"];
const LINKS = /^(https?:\/\/|\/(?!\/)|tg:\/\/)/;

export class Thread {
  /**
   * @param {HTMLElement} list the <ol> that the server drew
   * @param {object} options `me`: the reader's person id; `scroller`: what scrolls; `jump`: the button
   *   that leads to new messages; `onPress(seq, data)`: a button under a message was pressed
   */
  constructor(list, { me, scroller, jump, onPress = () => {} }) {
    this.list = list;
    this.me = me;
    this.scroller = scroller;
    this.jump = jump;
    this.onPress = onPress;
    this.fresh = 0;
    const { lang, dataset } = document.documentElement;
    // The clock of the town, as on the parts that the server drew, wherever the reader is.
    const zone = { timeZone: dataset.zone || undefined };
    this.time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", ...zone });
    this.day = new Intl.DateTimeFormat(lang, { dateStyle: "short", ...zone });
    jump?.addEventListener("click", () => this.scrollToEnd());
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A picture that comes late makes the thread longer: whoever was at the end stays there.
    new ResizeObserver(() => this.stuck && this.scrollToEnd()).observe(list);
    list.addEventListener("click", (event) => this.#pressed(event));
    this.scrollToEnd();
  }

  /** Events of the stream, in order. */
  take(events) {
    for (const event of events) {
      if (event.kind === "edit") this.edit(event);
      else if (event.kind === "message") this.add(event);
    }
  }

  /** What is shown is void: whole again comes as events. */
  clear() {
    this.list.replaceChildren();
  }

  /** Show the reader's own message before the server has it. */
  addUnsent({ client_id: clientId, text, at = Date.now(), ...body }) {
    if (this.byClientId(clientId)) return;
    const item = this.draw({ author: this.me, client_id: clientId, body: { ...body, text }, at: new Date(at).toISOString() });
    this.mark(item, "waiting");
    this.hideTyping();
    this.list.append(item);
    this.scrollToEnd();
  }

  /** The server has it for good. */
  delivered(clientId) {
    const item = this.byClientId(clientId);
    if (item) this.mark(item, "delivered");
  }

  /** The server did not take it; the sentence says why. */
  refused(clientId, sentence) {
    const item = this.byClientId(clientId);
    if (!item) return;
    this.mark(item, "failed");
    item.querySelector(".bubble").classList.add("bubble--failed");
    const line = document.createElement("p");
    line.className = "field__error";
    line.textContent = sentence;
    item.append(line);
  }

  /** The other side is writing; the sign goes away by itself or with their message. */
  showTyping() {
    if (this.typing === undefined) {
      this.typing = copyOf("typing").firstElementChild;
      this.list.append(this.typing);
      if (this.atEnd()) this.scrollToEnd();
    }
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => this.hideTyping(), 5000);
  }

  scrollToEnd() {
    this.stuck = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#forgetFresh();
  }

  add(event) {
    const stuck = this.atEnd();
    const unsent = event.client_id && this.byClientId(event.client_id);
    const item = this.draw(event);
    if (event.author === this.me) this.mark(item, "delivered");
    if (unsent) {
      // Whoever stands on it by keyboard stays on it: the receipt may have come before the line itself.
      const standing = unsent.contains(document.activeElement);
      if (unsent.hasAttribute("tabindex")) item.tabIndex = unsent.tabIndex;
      unsent.replaceWith(item);
      if (standing) item.focus({ preventScroll: true });
    } else {
      this.hideTyping();
      this.drawDay(event.at);
      this.list.append(item);
    }
    if (stuck || event.author === this.me) this.scrollToEnd();
    else this.#countFresh();
  }

  edit({ body }) {
    const item = this.list.querySelector(`[data-seq="${Number(body.of)}"]`);
    if (item) this.fill(item, body);
  }

  draw(event) {
    const item = copyOf("message").firstElementChild;
    const own = event.author === this.me;
    if (event.seq) item.dataset.seq = event.seq;
    if (event.client_id) item.dataset.clientId = event.client_id;
    item.classList.toggle("message--own", own);
    item.querySelector(".bubble").classList.toggle("bubble--own", own);
    item.dataset.name = event.body.name ?? "";
    const author = item.querySelector(".bubble__author");
    author.textContent = own ? "" : (event.body.name ?? "");
    // Said once above a run of messages of one person.
    author.hidden = author.textContent === "" || this.lastName() === author.textContent;
    const time = item.querySelector("time");
    time.dateTime = event.at;
    time.textContent = this.time.format(new Date(event.at));
    const text = own && event.body.text === "/start" ? pageWords().start : event.body.text;
    this.fill(item, { ...event.body, text });
    return item;
  }

  lastName() {
    const names = this.list.querySelectorAll(".message:not(.message--typing)");
    return names[names.length - 1]?.dataset.name;
  }

  fill(item, { text = "", entities = [], buttons = [], photo = "", alt = "", document: file = null }) {
    // Beside the file itself the sign that stands for it says nothing.
    const said = FILE_SIGNS.includes(text) && (photo || file) ? "" : text;
    item.querySelector(".bubble__text").replaceChildren(...styled(said, entities));
    const picture = item.querySelector(".bubble__picture");
    if (picture) {
      const image = picture.firstElementChild;
      picture.hidden = !FILE_KEY.test(photo);
      if (!picture.hidden) picture.href = image.src = `/files/${photo}`;
      if (alt !== "") image.alt = alt;
    }
    this.fillDocument(item.querySelector(".bubble__file"), file);
    item.querySelector(".bubble__buttons").replaceChildren(...buttons.map((row) => drawRow(item, row)));
  }

  fillDocument(link, file) {
    if (!link) return;
    link.hidden = !FILE_KEY.test(file?.key ?? "");
    if (link.hidden) return;
    link.href = `/files/${file.key}`;
    link.querySelector("[data-file-title]").textContent = file.name;
    link.querySelector("[data-file-size]").textContent = sizeInWords(file.size_bytes);
  }

  drawDay(at) {
    const day = this.day.format(new Date(at));
    const last = this.list.querySelector(".message:last-of-type time")?.dateTime;
    if (last === undefined || this.day.format(new Date(last)) === day) return;
    const line = copyOf("day");
    line.querySelector("span").textContent = pageWords().today;
    this.list.append(line);
  }

  mark(item, name) {
    const mark = item.querySelector("[data-mark]");
    if (!mark) return;
    mark.hidden = false;
    mark.dataset.mark = name;
    mark.replaceChildren(copyOf(name));
  }

  byClientId(clientId) {
    return this.list.querySelector(`[data-client-id="${CSS.escape(clientId)}"]`);
  }

  #pressed(event) {
    const button = event.target.closest("button[name=press]");
    if (!button) return;
    event.preventDefault();
    const [seq, ...data] = button.value.split(":");
    this.onPress(Number(seq), data.join(":"), button);
  }

  hideTyping() {
    this.typing?.remove();
    this.typing = undefined;
  }

  atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_END_PX;
  }

  #countFresh() {
    this.fresh += 1;
    if (!this.jump) return;
    this.jump.hidden = false;
    this.jump.querySelector("span").textContent = counted(pageWords().fresh, this.fresh);
  }

  #scrolled() {
    this.stuck = this.atEnd();
    if (this.stuck) this.#forgetFresh();
  }

  #forgetFresh() {
    this.fresh = 0;
    if (this.jump) this.jump.hidden = true;
  }
}

/** As on the server: megabytes from a tenth of one, else kilobytes. */
function sizeInWords(bytes) {
  const { lang } = document.documentElement;
  const mega = bytes >= 100_000;
  const [unit, size] = mega ? ["megabyte", bytes / 1e6] : ["kilobyte", Math.max(1, Math.round(bytes / 1e3))];
  return new Intl.NumberFormat(lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(size);
}

/** The text cut at the ends of its style marks; the same rule as on the server. */
function styled(text, entities) {
  const parts = [];
  let reached = 0;
  for (const { type, offset, length, url } of [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length)) {
    if (offset < reached) continue;
    parts.push(text.slice(reached, offset), styledPart(type, text.slice(offset, offset + length), url));
    reached = offset + length;
  }
  parts.push(text.slice(reached));
  return parts.filter((part) => part !== "");
}

function styledPart(type, text, url) {
  const address = url ?? (type === "url" ? text : "");
  const part = document.createElement(LINKS.test(address) ? "a" : (STYLES[type] ?? "span"));
  if (part.tagName === "A") {
    part.href = address;
    part.rel = "noopener noreferrer";
  }
  part.textContent = text;
  return part;
}

function drawRow(item, row) {
  const line = document.createElement("div");
  line.className = "bubble__row";
  line.append(...row.map((button) => drawButton(item, button)));
  return line;
}

function drawButton(item, { text, data = "", url = "" }) {
  const button = document.createElement(LINKS.test(url) ? "a" : "button");
  button.className = "button";
  button.append(...labelled(text));
  if (button.tagName === "A") {
    button.href = url;
  } else {
    button.name = "press";
    button.value = `${item.dataset.seq}:${data}`;
  }
  return button;
}
