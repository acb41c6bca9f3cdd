/** The past of a room: older parts are fetched when the reader comes near them, and nothing jumps. */

import { copyOf, pageWords } from "./words.js";

export class Past {
  #list;
  #scroller;
  #room;
  #onShown;
  #watch;

  /** `onShown()` is called when an older part stands on the page. */
  constructor(list, { scroller, room, onShown }) {
    this.#list = list;
    this.#scroller = scroller;
    this.#room = room;
    this.#onShown = onShown;
    this.#watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.load(), {
      root: scroller,
      rootMargin: "400px 0px 0px",
    });
    list.addEventListener("click", (event) => this.#pressed(event));
    list.addEventListener("forget", ({ detail }) => this.#forget(detail));
    this.#look();
  }

  /** Fetch the part before the oldest line. */
  async load() {
    const more = this.#list.querySelector("[data-earlier]");
    if (!more || more.ariaBusy === "true") return;
    more.ariaBusy = "true";
    const loading = copyOf("loading").firstElementChild;
    more.after(loading);
    const answer = await fetch(`/rooms/${this.#room}/said?before=${Number(more.dataset.earlier)}`).catch(() => null);
    loading.remove();
    if (!answer?.ok) {
      more.ariaBusy = "false";
      more.querySelector("a").textContent = pageWords().notLoaded;
      this.#watch.disconnect();
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const before = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    more.replaceWith(...fresh.body.childNodes);
    this.#scroller.scrollTop = this.#scroller.scrollHeight - before;
    this.#look();
    this.#onShown();
  }

  #look() {
    this.#watch.disconnect();
    const more = this.#list.querySelector("[data-earlier]");
    if (more) this.#watch.observe(more);
  }

  #pressed(event) {
    if (!event.target.closest("[data-earlier]")) return;
    event.preventDefault();
    this.load();
  }

  /** Take everything before this line off the page; it can be fetched again. */
  #forget(line) {
    while (line.previousElementSibling) line.previousElementSibling.remove();
    const more = document.createElement("li");
    more.className = "thread__more";
    more.dataset.earlier = line.dataset.seq;
    const link = document.createElement("a");
    Object.assign(link, { className: "button button--quiet", textContent: "↑" });
    link.href = `/rooms/${this.#room}?before=${Number(line.dataset.seq)}`;
    more.append(link);
    line.before(more);
    this.#look();
  }
}
