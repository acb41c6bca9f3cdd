/** A room: people talk, answer, sign and vote live; everything works without this script too, only slower. */

import { Composer } from "./composer.js";
import { Live, STATUS } from "./live.js";
import { steerRoom } from "./room_keys.js";
import { Past } from "./room_past.js";
import { Polls, vote } from "./room_poll.js";
import { RoomThread } from "./room_thread.js";
import { counted, pageWords } from "./words.js";

const ANNOUNCE_EVERY_MS = 4000;
const DISARM_MS = 4000;
const READ_AFTER_MS = 700;
/** Refusals after which the text goes back into the field: the writer can do something about them. */
const GIVE_BACK = new Set(["slow_mode", "too_long", "too_late_to_change", "consent_needed"]);

class Room {
  constructor(page) {
    const { room: stream, roomId, me } = page.dataset;
    this.page = page;
    this.stream = stream;
    this.about = { answers: null, changes: null };
    this.slow = Number(page.dataset.slow);
    this.live = new Live({ owner: me || null });
    this.polls = new Polls(this.live);
    const scroller = page.querySelector("[data-scroll]");
    this.thread = new RoomThread(page.querySelector("[data-thread]"), {
      me,
      scroller,
      jump: page.querySelector("[data-jump]"),
      mayWrite: "mayWrite" in page.dataset,
      moderates: "moderates" in page.dataset,
      changeTermMs: Number(page.dataset.changeTerm) * 1000,
    });
    this.past = new Past(this.thread.list, { scroller, room: roomId, onShown: () => this.polls.follow(page) });
    this.polls.follow(page);
    this.#goToUnread();
    this.#listen(scroller);
    // A part of the past is read as it stands; its end leads on. The newest part goes on live.
    if (!("past" in page.dataset)) this.#follow(roomId);
    this.#compose();
    steerRoom(this.thread.list, this);
  }

  // --- what comes -----------------------------------------------------------------------------

  #follow(roomId) {
    const { epoch, seq } = this.page.dataset;
    this.seen = Number(seq);
    this.following = this.live.follow(this.stream, {
      epoch: Number(epoch),
      seq: Number(seq),
      onEvents: (events) => this.#take(events),
      onReset: () => this.thread.clear(),
      onState: (state) => this.#showPeople(state),
      onRefused: () => this.#say(pageWords().closed),
    });
    this.live.follow(`signs:${roomId}`, {
      onState: (signs) => Object.entries(signs).forEach(([of, counts]) => this.thread.showSigns(of, counts)),
    });
    this.live.addEventListener("status", ({ detail }) => this.#showStatus(detail.status));
    this.live.addEventListener("latency", ({ detail }) => this.#showLatency(detail));
    for (const message of this.live.unsent(this.stream)) if (message.op === "send") this.thread.addUnsent(message);
  }

  #take(events) {
    this.thread.take(events);
    this.polls.follow(this.page);
    for (const { kind, body } of events) if (kind === "settings") this.#setPace(body.slow_mode_s);
    this.seen = events.at(-1).seq;
    this.#markRead();
    this.#announce(events.filter((event) => event.kind === "message" && event.author !== this.page.dataset.me));
  }

  /** A reader of a busy room hears one sentence in a few seconds, not every message. */
  #announce(events) {
    this.untold = [...(this.untold ?? []), ...events];
    if (this.telling || this.untold.length === 0) return;
    this.telling = setTimeout(() => {
      const [only] = this.untold;
      const text = this.untold.length === 1 ? `${only.body.name}: ${only.body.text}` : counted(pageWords().fresh, this.untold.length);
      this.page.querySelector("[data-announce]").textContent = text.slice(0, 200);
      this.untold = [];
      this.telling = null;
    }, ANNOUNCE_EVERY_MS);
  }

  #showPeople({ typing, viewers }) {
    if (viewers !== undefined) {
      const place = this.page.querySelector("[data-here]");
      place.hidden = viewers < 2;
      place.textContent = counted(pageWords().here, viewers);
    }
    if (typing !== undefined) {
      const others = typing.filter(({ person }) => person !== this.page.dataset.me);
      this.page.querySelector("[data-typing]").textContent = typingWords(others);
    }
  }

  #showStatus(status) {
    const words = { [STATUS.OFFLINE]: pageWords().offline, [STATUS.SIGNED_OUT]: pageWords().signedOut };
    this.#say(words[status] ?? "");
    if (status !== STATUS.ONLINE) this.page.querySelector("[data-latency]").hidden = true;
  }

  #showLatency(ms) {
    const place = this.page.querySelector("[data-latency]");
    place.hidden = false;
    place.textContent = pageWords().latency.replace("%(ms)d", String(ms));
  }

  #say(sentence) {
    const line = this.page.querySelector("[data-state]");
    line.hidden = sentence === "";
    line.querySelector("span").textContent = sentence;
  }

  #goToUnread() {
    const unread = this.page.querySelector("[data-unread]");
    if (unread) unread.scrollIntoView({ block: "start" });
    else document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "center" });
    this.page.querySelector("[data-read-form]")?.remove();
  }

  /** Read is what stood before a reader who looks at the page, at its end. */
  #markRead() {
    clearTimeout(this.reading);
    if (!this.page.dataset.me || this.seen === this.marked) return;
    this.reading = setTimeout(() => {
      if (document.hidden || !this.thread.atEnd()) return;
      this.marked = this.seen;
      this.following?.read(this.seen).catch(() => {});
    }, READ_AFTER_MS);
  }

  #listen(scroller) {
    scroller.addEventListener("scroll", () => this.#markRead(), { passive: true });
    document.addEventListener("visibilitychange", () => this.#markRead());
    this.thread.list.addEventListener("click", (event) => this.#pressed(event));
    this.thread.list.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("click", ({ target }) => closeMenus(target));
    this.thread.list.addEventListener("toggle", ({ target }) => target.open && target.scrollIntoView({ block: "nearest" }), true);
    this.#markRead();
  }

  // --- what the reader does -------------------------------------------------------------------

  #pressed(event) {
    const item = event.target.closest("[data-message]");
    const sign = event.target.closest("[data-sign]");
    const act = event.target.closest("[data-do]")?.dataset.do;
    if (!item || !this.following || !("mayWrite" in this.page.dataset || act === "delete")) return;
    if (sign) this.#sign(item, sign.dataset.sign);
    else if (act === "reply") this.answer(item);
    else if (act === "edit") this.change(item);
    else if (act === "delete") this.#delete(item, event.target.closest("[data-do]"));
    else return;
    event.preventDefault();
    if (act !== "delete") closeMenus(null);
  }

  #submitted(event) {
    if (!event.target.closest("[data-ballot]") || !event.submitter) return;
    event.preventDefault();
    vote(event.target, event.submitter);
  }

  /** Put the nth sign under a message, or take it back. */
  sign(item, nth) {
    const name = item.querySelectorAll(".menu__signs [data-sign]")[nth]?.dataset.sign;
    if (name && this.following) this.#sign(item, name);
  }

  #sign(item, reaction) {
    const seq = Number(item.dataset.seq);
    const on = !this.thread.hasSigned(seq, reaction);
    this.thread.sign(seq, reaction, on);
    this.following.react(seq, reaction, on).done.catch((refusal) => {
      this.thread.sign(seq, reaction, !on);
      this.#say(refusal.message);
    });
  }

  /** The first press asks, the second one deletes. */
  #delete(item, button) {
    if (button.dataset.armed === undefined) {
      button.dataset.armed = "";
      button.lastChild.textContent = pageWords().sure;
      setTimeout(() => disarm(button), DISARM_MS);
      return;
    }
    closeMenus(null);
    this.following.remove(Number(item.dataset.seq)).done.catch((refusal) => this.#say(refusal.message));
  }

  /** Answer a message. */
  answer(item) {
    const text = item.querySelector(".bubble__text, .room-poll .strong")?.textContent ?? "";
    this.#be({ answers: Number(item.dataset.seq), changes: null }, `${item.dataset.name}: ${text}`);
  }

  /** Change one's own message. */
  change(item) {
    if (!item.querySelector("[data-do=edit]")) return;
    this.#be({ answers: null, changes: Number(item.dataset.seq) }, pageWords().changing);
    this.composer?.set(item.querySelector(".bubble__text").textContent);
  }

  /** Go to the field. */
  write() {
    this.page.querySelector("#text").focus();
  }

  /** Neither answer nor change; out of the field, to the messages. */
  back() {
    if (this.about.answers || this.about.changes) this.#drop();
    else if (document.activeElement?.id === "text") this.thread.list.querySelector("[tabindex='0']")?.focus();
  }

  #be(about, words) {
    this.about = about;
    const line = this.page.querySelector("[data-about]");
    line.hidden = false;
    line.querySelector("[data-about-words]").textContent = words.slice(0, 160);
    const form = this.page.querySelector("[data-composer]");
    form.elements.reply_to.value = about.answers ?? "";
    form.elements.of.value = about.changes ?? "";
    this.write();
  }

  #drop() {
    if (this.about.changes) this.composer?.set("");
    this.about = { answers: null, changes: null };
    this.page.querySelector("[data-about]").hidden = true;
    const form = this.page.querySelector("[data-composer]");
    form.elements.reply_to.value = form.elements.of.value = "";
  }

  // --- writing --------------------------------------------------------------------------------

  #compose() {
    const form = this.page.querySelector("[data-composer]");
    const { reply_to: answers, of: changes } = form.elements;
    this.about = { answers: Number(answers.value) || null, changes: Number(changes.value) || null };
    this.page.querySelector("[data-about-drop]").addEventListener("click", (event) => {
      event.preventDefault();
      this.#drop();
      this.write();
    });
    // Whoever has not consented, and whoever reads the past, writes by the form itself.
    if (!this.following || !("mayWrite" in this.page.dataset)) return;
    form.addEventListener("submit", (event) => this.waits && event.stopImmediatePropagation(), { capture: true });
    form.addEventListener("submit", (event) => event.preventDefault(), { capture: true });
    this.composer = new Composer(form, {
      draftKey: `draft:${this.stream}`,
      onSend: (text) => this.#send(text),
      onInput: (text) => text && this.following.typing(),
    });
  }

  #send(text) {
    const { answers, changes } = this.about;
    this.about = { answers: null, changes: null };
    this.#drop();
    if (changes) {
      this.following.edit(changes, text).done.catch((refusal) => this.#givenBack(text, refusal));
      return;
    }
    const { clientId, done } = this.following.send(text, { replyTo: answers });
    this.thread.addUnsent({ client_id: clientId, text, reply_to: answers });
    done.then(
      () => {
        this.thread.delivered(clientId);
        if (this.page.dataset.side === "citizen") this.#wait(this.slow);
      },
      (refusal) => {
        this.thread.refused(clientId, refusal.message);
        if (refusal.code === "slow_mode") this.#wait(this.slow);
        this.#givenBack(text, refusal);
      },
    );
  }

  #givenBack(text, refusal) {
    this.#say(refusal.message);
    if (GIVE_BACK.has(refusal.code) && this.composer.field.value === "") this.composer.set(text);
  }

  #setPace(seconds) {
    this.slow = seconds;
    const line = this.page.querySelector("[data-pace]");
    line.hidden = seconds === 0;
    line.querySelector("span").textContent = JSON.parse(pageWords().slow)[seconds] ?? "";
    if (seconds === 0) this.#wait(0);
  }

  /** Slow mode counts down on the button; the text can be written meanwhile. */
  #wait(seconds) {
    clearInterval(this.counting);
    const until = performance.now() + seconds * 1000;
    const show = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      this.waits = left > 0;
      const button = this.page.querySelector("[data-send]");
      button.ariaDisabled = String(this.waits);
      button.classList.toggle("composer__send--waits", this.waits);
      const place = button.querySelector("[data-wait]");
      place.hidden = !this.waits;
      place.textContent = this.waits ? String(left) : "";
      if (!this.waits) clearInterval(this.counting);
    };
    this.counting = setInterval(show, 250);
    show();
  }
}

function typingWords(people) {
  const words = pageWords();
  if (people.length === 0) return "";
  if (people.length === 1) return words.typingOne.replace("%(name)s", people[0].name);
  if (people.length === 2) return words.typingTwo.replace("%(name)s", people[0].name).replace("%(other)s", people[1].name);
  return counted(words.typingMany, people.length);
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(target)) menu.open = false;
}

function disarm(button) {
  delete button.dataset.armed;
  button.lastChild.textContent = pageWords().remove;
}

const page = document.querySelector("[data-room]");
if (page) new Room(page);
