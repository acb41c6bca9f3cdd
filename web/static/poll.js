/** The page of a poll: its bars and sentences move while people vote. */

import { Live } from "./live.js";
import { showTally } from "./tally.js";

const page = document.querySelector("[data-poll]");
if (page) new Live().follow(`poll:${page.dataset.poll}`, { onState: show });

function show(state) {
  showTally(page, state);
  // Closed while being looked at: the page is fetched anew, unless the reader is choosing.
  if (!state.takes_votes && page.querySelector("form") && !page.querySelector("input:checked")) location.reload();
}
