/** Bars that move: the tally of a poll, on its page, in a room, on the screen of a hall. */

import { counted } from "./words.js";

const words = document.querySelector("template[data-words]");

/** Show a state of `poll:ID` in the element that holds the bars. */
export function showTally(page, { options, total }) {
  const shares = wholeShares(options.map((option) => option.votes));
  const most = Math.max(...options.map((option) => option.votes));
  options.forEach((option, index) => {
    const bar = page.querySelector(`[data-option="${CSS.escape(option.id)}"]`);
    if (bar) showOption(bar, { votes: option.votes, share: shares[index], leads: option.votes === most && most > 0 });
  });
  page.querySelector("[data-turnout]").textContent =
    total === 0 ? words.dataset.nobody : counted(words.dataset.turnout, total);
}

function showOption(bar, { votes, share, leads }) {
  bar.classList.toggle("vote-bar--leading", leads);
  bar.querySelector("[data-share]").textContent = `${share}\u00a0%`;
  bar.querySelector("[data-count]").textContent = counted(words.dataset.votes, votes);
  bar.querySelector("[data-bar]").setAttribute("width", String(share));
}

/** Whole percents that add up to 100, by the largest remainder: the same rule as on the server. */
function wholeShares(votes) {
  const total = votes.reduce((sum, count) => sum + count, 0);
  if (total === 0) return votes.map(() => 0);
  const shares = votes.map((count) => Math.floor((100 * count) / total));
  const byRemainder = votes.map((_, i) => i).sort((a, b) => ((100 * votes[b]) % total) - ((100 * votes[a]) % total));
  let missing = 100 - shares.reduce((sum, share) => sum + share, 0);
  for (const i of byRemainder) if (missing-- > 0) shares[i] += 1;
  return shares;
}
