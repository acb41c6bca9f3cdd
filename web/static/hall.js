/** The screen of a hall: the newest words and the newest poll, large; it needs nobody to look after it. */

import { Live, STATUS } from "./live.js";
import { drawPoll, Polls } from "./room_poll.js";
import { copyOf, counted, pageWords } from "./words.js";

const SHOWN = 8;
/** A cut shorter than this is nothing that a hall must read. */
const PATIENCE_MS = 3000;

class Hall {
  constructor(page) {
    this.page = page;
    this.list = page.querySelector("[data-thread]");
    this.live = new Live();
    this.polls = new Polls(this.live);
    this.polls.follow(page);
    this.live.follow(page.dataset.hall, {
      epoch: Number(page.dataset.epoch),
      seq: Number(page.dataset.seq),
      onEvents: (events) => this.#take(events),
      onReset: () => this.list.replaceChildren(),
      onState: (state) => this.#showPeople(state),
    });
    this.live.addEventListener("status", ({ detail }) => this.#showStatus(detail.status));
    this.#stayAwake();
  }

  #take(events) {
    for (const { kind, seq, body } of events) {
      if (kind === "message" && !body.deleted) this.#add(seq, body);
      else if (kind === "edit" && body.text !== undefined) this.#change(body);
      else if (kind === "delete") this.#lineOf(body.of)?.remove();
      else if (kind === "poll" && !body.deleted) this.#put(body, seq);
    }
    while (this.list.children.length > SHOWN) this.list.firstElementChild.remove();
  }

  #add(seq, { name, text }) {
    const line = copyOf("hall-line").firstElementChild;
    line.dataset.seq = seq;
    line.querySelector(".hall__author").textContent = name;
    line.querySelector(".hall__text").textContent = text;
    this.list.append(line);
  }

  #change({ of, text }) {
    const line = this.#lineOf(of);
    if (line) line.querySelector(".hall__text").textContent = text;
  }

  #put(body, seq) {
    const card = drawPoll(body, seq);
    card.querySelector("[data-ballot]").remove();
    card.classList.add("hall__poll");
    this.page.querySelector("[data-poll-place]").replaceChildren(card);
    this.polls.follow(this.page);
  }

  #lineOf(seq) {
    return this.list.querySelector(`[data-seq="${Number(seq)}"]`);
  }

  #showPeople({ viewers }) {
    if (viewers === undefined) return;
    const place = this.page.querySelector("[data-here]");
    place.hidden = viewers < 2;
    place.textContent = counted(pageWords().here, viewers);
  }

  #showStatus(status) {
    clearTimeout(this.lost);
    const line = this.page.querySelector("[data-state]");
    if (status === STATUS.ONLINE) line.hidden = true;
    else this.lost = setTimeout(() => (line.hidden = false), PATIENCE_MS);
    // Nobody stands at the screen to sign in again: without a session it goes on as a visitor.
    if (status === STATUS.SIGNED_OUT) setTimeout(() => location.reload(), PATIENCE_MS);
  }

  /** Ask the machine not to darken the screen; it forgets when the page was hidden. */
  #stayAwake() {
    const ask = () => !document.hidden && navigator.wakeLock?.request("screen").catch(() => {});
    document.addEventListener("visibilitychange", ask);
    ask();
  }
}

const page = document.querySelector("[data-hall]");
if (page) new Hall(page);
