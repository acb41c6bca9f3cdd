/** A room by keyboard: one message is in the tab order, arrows lead from one to the next, letters act on it. */

const SIGNS = ["Digit1", "Digit2", "Digit3", "Digit4", "Digit5"];

/**
 * @param {HTMLElement} list of messages
 * @param {object} acts `answer(item)`, `change(item)`, `sign(item, nth)`, `write()`
 */
export function steerRoom(list, acts) {
  const messages = () => [...list.querySelectorAll("[data-message]")];
  const enter = (item) => {
    for (const other of list.querySelectorAll("[data-message][tabindex='0']")) take(other, -1);
    if (item) take(item, 0);
  };
  enter(messages().at(-1));
  // Every line that comes leaves the tab order as it was: the reader's place, or the newest line.
  new MutationObserver(() => {
    for (const item of list.querySelectorAll("[data-message]:not([tabindex])")) take(item, -1);
    if (!list.contains(document.activeElement)) enter(messages().at(-1));
  }).observe(list, { childList: true });
  for (const item of messages()) if (!item.hasAttribute("tabindex")) take(item, -1);
  list.addEventListener("focusin", ({ target }) => {
    const item = target.closest("[data-message]");
    if (item?.tabIndex !== 0) enter(item);
  });
  list.addEventListener("keydown", (event) => onMessage(event, list, messages, acts));
  document.addEventListener("keydown", (event) => anywhere(event, acts));
}

/** A message and all that can be pressed in it come into the tab order, or leave it, together. */
function take(item, index) {
  item.tabIndex = index;
  for (const control of item.querySelectorAll("a, button, summary, input")) {
    if (index === 0) control.removeAttribute("tabindex");
    else control.tabIndex = -1;
  }
}

function onMessage(event, list, messages, acts) {
  const item = event.target.closest("[data-message]");
  if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && event.target === item) move(item, messages(), step);
  else if (event.code === "KeyR") acts.answer(item);
  else if (event.code === "KeyE") acts.change(item);
  else if (event.code === "KeyM") openMenu(item);
  else if (SIGNS.includes(event.code)) acts.sign(item, SIGNS.indexOf(event.code));
  else return;
  event.preventDefault();
}

function move(item, messages, step) {
  const next = messages[messages.indexOf(item) + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function openMenu(item) {
  const menu = item.querySelector("[data-menu]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".menu__body button, .menu__body a").focus();
}

/** Escape closes what is open, W goes to the field. Letters typed into a field stay letters. */
function anywhere(event, acts) {
  if (event.key === "Escape") {
    const menu = event.target.closest?.("[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else acts.back();
    return;
  }
  const typing = event.target.closest?.("input, textarea, select");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.code !== "KeyW") return;
  acts.write();
  event.preventDefault();
}
