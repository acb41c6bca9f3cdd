/** The console: a queue that moves by itself, keys for every step, a thread that goes on live. */

import { FilePicker } from "./attach.js";
import { Composer } from "./composer.js";
import { Live, STATUS } from "./live.js";
import { Thread } from "./thread.js";
import { pageWords } from "./words.js";

const GATHER_MS = 150;
const page = document.querySelector("[data-console]");
if (page) openConsole(page);

function openConsole(page) {
  const live = new Live({ owner: page.dataset.owner });
  const queue = page.querySelector("[data-queue]");
  const refresh = gathered(() => fetchQueue(page, queue));
  for (const stream of page.dataset.follow.split(" ").filter(Boolean)) {
    live.follow(stream, { onState: refresh, onReady: refresh });
  }
  document.addEventListener("keydown", (event) => steer(event, queue));
  const desk = page.querySelector("[data-chat]");
  if (desk) openConversation(desk, live);
  const form = page.querySelector("[data-poll-form]");
  if (form) previewPoll(form, page.querySelector("[data-poll-preview]"));
  for (const current of page.querySelectorAll("nav [aria-current]")) {
    // A folded menu names what is open above it.
    if (current.checkVisibility()) current.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** Many hints in a moment cost one request; the queue is never asked for while another answer is awaited. */
function gathered(work) {
  let timer = null;
  let busy = false;
  let again = false;
  const run = async () => {
    timer = null;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await work();
    } finally {
      busy = false;
      if (again) {
        again = false;
        timer ??= setTimeout(run, GATHER_MS);
      }
    }
  };
  return () => {
    timer ??= setTimeout(run, GATHER_MS);
  };
}

async function fetchQueue(page, queue) {
  const { tab, current, from } = page.dataset;
  const asked = new URLSearchParams({ current, from, at: location.pathname });
  const answer = await fetch(`/console/fragments/queue/${tab}?${asked}`);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  renew(page.querySelector("[data-sections]"), fresh.querySelector("[data-sections]"));
  renew(queue, fresh.querySelector("[data-queue]"));
}

/** Take what is new; where the reader stood, what was unfolded and how far it was scrolled stay. */
function renew(part, fresh) {
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  const open = part.querySelector("details")?.open;
  const along = [...part.querySelectorAll(".tabs")].map((strip) => strip.scrollLeft);
  part.replaceChildren(...fresh.childNodes);
  if (open) part.querySelector("details").open = true;
  part.querySelectorAll(".tabs").forEach((strip, at) => strip.scrollTo({ left: along[at] ?? 0 }));
  if (held) part.querySelector(held.href ? `a[href="${CSS.escape(held.getAttribute("href"))}"]` : "summary")?.focus();
}

/** J and K walk the queue, R goes to the answer. Letters typed into a field stay letters. */
function steer(event, queue) {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) typing.blur();
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = { KeyJ: 1, KeyK: -1 }[event.code];
  if (step) walk(queue, step);
  else if (event.code === "KeyR" && document.querySelector("#answer")) document.querySelector("#answer").focus();
  else return;
  event.preventDefault();
}

function walk(queue, step) {
  const rows = [...queue.querySelectorAll("[data-row]")];
  const from = rows.findIndex((row) => row === document.activeElement || (row.ariaCurrent && !queue.contains(document.activeElement)));
  const next = rows[Math.min(Math.max(from + step, 0), rows.length - 1)];
  next?.focus();
}

function openConversation(desk, live) {
  const { chat: stream, me } = desk.dataset;
  const thread = new Thread(desk.querySelector("[data-thread]"), {
    me,
    scroller: desk.querySelector("[data-scroll]"),
    jump: desk.querySelector("[data-jump]"),
  });
  const following = live.follow(stream, {
    epoch: Number(desk.dataset.epoch),
    seq: Number(desk.dataset.seq),
    onEvents: (events) => {
      thread.take(events);
      if (!document.hidden) following?.read(events.at(-1).seq).catch(() => {});
    },
    onReset: () => thread.clear(),
    onState: (state) => state.typing?.length && thread.showTyping(),
  });
  live.addEventListener("status", ({ detail }) => showStatus(desk, detail.status));
  for (const message of live.unsent(stream)) thread.addUnsent(message);
  const form = desk.querySelector("[data-composer]");
  if (form) openComposer(form, { stream, following, thread });
}

function openComposer(form, { stream, following, thread }) {
  const file = new FilePicker(form);
  const composer = new Composer(form, {
    sendBy: "ctrl-enter",
    draftKey: `draft:${stream}`,
    mayBeEmpty: () => file.chosen,
    onSend: async (text) => {
      if (file.chosen) {
        // The message comes back as an event of the stream. Not sent: the words wait in the field again.
        const left = await file.send(text);
        if (left) composer.insert(left);
        return;
      }
      const { clientId, done } = following.send(text);
      thread.addUnsent({ client_id: clientId, text });
      done.then(() => thread.delivered(clientId), (refusal) => thread.refused(clientId, refusal.message));
    },
    onInput: (text) => {
      preview(form, text);
      if (text) following.typing();
    },
  });
  for (const chip of form.querySelectorAll("[data-insert]")) {
    chip.addEventListener("click", () => composer.insert(chip.dataset.insert));
  }
}

/** What the citizen will see, and a quiet word if it names neither a date nor a number. */
function preview(form, text) {
  const box = form.querySelector("[data-preview]");
  box.hidden = text.trim() === "";
  box.querySelector("[data-preview-text]").textContent = text;
  box.querySelector("[data-formal]").hidden = text.trim().length < 40 || /\d/.test(text);
}

function previewPoll(form, box) {
  const options = form.querySelector("[data-options]");
  const draw = () => {
    box.querySelector("[data-preview-question]").textContent = form.elements.question.value || "…";
    const filled = [...options.querySelectorAll("input")].map((field) => field.value.trim()).filter(Boolean);
    box.querySelector("[data-preview-options]").replaceChildren(...filled.map(drawChoice));
    addLine(options);
  };
  form.addEventListener("input", draw);
  draw();
}

function drawChoice(text) {
  const choice = document.createElement("div");
  choice.className = "choice__face";
  choice.append(Object.assign(document.createElement("span"), { className: "choice__label", textContent: text }));
  return choice;
}

/** One empty line more than is filled, up to ten. */
function addLine(options) {
  const fields = [...options.querySelectorAll("input")];
  if (fields.length >= 10 || fields.some((field) => field.value.trim() === "")) return;
  const line = fields[0].cloneNode();
  line.value = "";
  line.ariaLabel = line.ariaLabel.replace("1", String(fields.length + 1));
  options.append(line);
}

function showStatus(desk, status) {
  const line = desk.querySelector("[data-state]");
  const words = { [STATUS.OFFLINE]: pageWords().offline, [STATUS.SIGNED_OUT]: pageWords().signedOut };
  line.hidden = words[status] === undefined;
  line.querySelector("span").textContent = words[status] ?? "";
}
