/** A poll in a room: the same poll as on its page, its bars live, voted in where people talk about it. */

import { showTally } from "./tally.js";
import { copyOf, pageWords } from "./words.js";

/** The card of a poll that has just been put into the room. */
export function drawPoll({ poll_id: id, question, options }, seq) {
  const card = copyOf("poll").firstElementChild;
  card.dataset.pollCard = id;
  const title = card.querySelector("a");
  title.textContent = question;
  title.href = `/polls/${encodeURIComponent(id)}`;
  card.querySelector("[data-options]").append(...options.map(drawOption));
  const form = card.querySelector("form");
  form.action = `/polls/${encodeURIComponent(id)}/ballot`;
  form.elements.next.value += `#m${Number(seq)}`;
  form.append(...options.map(drawButton));
  return card;
}

/** Let all cards inside move; call it again when there may be new ones. Returns what to follow next time. */
export class Polls {
  #live;
  #followed = new Map();

  constructor(live) {
    this.#live = live;
  }

  /** Follow the polls of the cards inside `place`. */
  follow(place) {
    for (const card of place.querySelectorAll("[data-poll-card]")) {
      const id = card.dataset.pollCard;
      if (this.#followed.get(card) !== undefined) continue;
      this.#followed.set(card, this.#live.follow(`poll:${id}`, { onState: (state) => show(card, state) }));
    }
  }
}

/** Vote from a card. Whatever the API does not take at once goes the way of the page: consent, words. */
export async function vote(form, button) {
  const id = form.closest("[data-poll-card]").dataset.pollCard;
  button.ariaBusy = "true";
  const answer = await fetch(`/api/v1/polls/${encodeURIComponent(id)}/ballot`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    body: JSON.stringify({ option_id: button.value }),
  }).catch(() => null);
  button.ariaBusy = "false";
  if (!answer?.ok) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "option", value: button.value }));
    form.submit();
    return;
  }
  showChosen(form.closest("[data-poll-card]"), button.value);
}

function showChosen(card, option) {
  for (const mark of card.querySelectorAll(".vote-bar__name .chip")) mark.remove();
  card.querySelector(`[data-option="${CSS.escape(option)}"] .vote-bar__name`)?.append(" ", copyOf("chosen"));
  for (const button of card.querySelectorAll("button[name=option]")) button.ariaPressed = String(button.value === option);
  card.querySelector("[data-ballot-words]").textContent = pageWords().changeVote;
  const ballot = card.querySelector("[data-ballot]");
  ballot.open = false;
  ballot.querySelector("summary").focus();
}

function show(card, state) {
  showTally(card, state);
  if (!state.takes_votes) card.querySelector("[data-ballot]")?.remove();
}

function drawOption({ id, text }) {
  const bar = copyOf("option").firstElementChild;
  bar.dataset.option = id;
  bar.querySelector(".vote-bar__name").textContent = text;
  return bar;
}

function drawButton({ id, text }) {
  const button = document.createElement("button");
  Object.assign(button, { className: "button", name: "option", value: id, textContent: text, ariaPressed: "false" });
  return button;
}
