/** The chat with the bot, and a citizen's conversation with the authority: the same messenger. */

import { FilePicker } from "./attach.js";
import { Composer } from "./composer.js";
import { Live, STATUS } from "./live.js";
import { Thread } from "./thread.js";
import { labelled, pageWords } from "./words.js";

const page = document.querySelector("[data-chat]");
if (page) openChat(page);

function openChat(page) {
  const { chat: stream, me } = page.dataset;
  const live = new Live({ owner: me });
  const thread = new Thread(page.querySelector("[data-thread]"), {
    me,
    scroller: page.querySelector("[data-scroll]"),
    jump: page.querySelector("[data-jump]"),
    onPress: (seq, data, button) => press(seq, data, button),
  });
  const following = live.follow(stream, {
    epoch: Number(page.dataset.epoch),
    seq: Number(page.dataset.seq),
    onEvents: (events) => {
      thread.take(events);
      showKeyboard(page, events);
      following?.read(events.at(-1).seq)?.catch?.(() => {});
    },
    onReset: () => thread.clear(),
    onState: (state) => state.typing?.length && thread.showTyping(),
  });

  function send(text) {
    const { clientId, done } = following.send(text);
    thread.addUnsent({ client_id: clientId, text });
    done.then(() => thread.delivered(clientId), (refusal) => thread.refused(clientId, refusal.message));
    page.querySelector("[data-keyboard]")?.removeAttribute("open");
  }

  function press(seq, data, button) {
    button.setAttribute("aria-busy", "true");
    following.press({ of: seq, data }).done.finally(() => button.removeAttribute("aria-busy")).catch(() => {});
  }

  const form = page.querySelector("[data-composer]");
  const file = new FilePicker(form);
  const composer = new Composer(form, {
    draftKey: `draft:${stream}`,
    mayBeEmpty: () => file.chosen,
    onSend: (text, { key }) => (file.chosen && !key ? sendFile(text) : send(text)),
  });

  async function sendFile(text) {
    // The message comes back as an event of the stream. Not sent: the words wait in the field again.
    const left = await file.send(text);
    if (left) composer.insert(left);
  }

  for (const message of live.unsent(stream)) if (message.op === "send") thread.addUnsent(message);
  live.addEventListener("status", ({ detail }) => showStatus(page, detail.status));
  if (location.pathname !== page.dataset.address) history.replaceState(null, "", page.dataset.address);
}

function showStatus(page, status) {
  const line = page.querySelector("[data-state]");
  const words = { [STATUS.OFFLINE]: pageWords().offline, [STATUS.SIGNED_OUT]: pageWords().signedOut };
  line.hidden = words[status] === undefined;
  line.querySelector("span").textContent = words[status] ?? "";
}

/** The bot's keyboard is the newest one it showed. */
function showKeyboard(page, events) {
  const rows = events.findLast((event) => event.body.keyboard)?.body.keyboard;
  const menu = page.querySelector("[data-keyboard]");
  if (!rows || !menu) return;
  menu.hidden = false;
  menu.querySelector("[data-keys]").replaceChildren(...rows.map(drawKeys));
}

function drawKeys(row) {
  const line = document.createElement("div");
  line.className = "bubble__row";
  for (const text of row) {
    const key = document.createElement("button");
    Object.assign(key, { className: "button", name: "key", value: text, formNoValidate: true });
    key.append(...labelled(text));
    line.append(key);
  }
  return line;
}
