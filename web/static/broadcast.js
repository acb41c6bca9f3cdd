// A mailing under way: its numbers are fetched anew until it has ended. Without scripts the page is reloaded.

const EVERY_MS = 2000;

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const now = fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    // A button that somebody is about to press must not be taken from under the finger.
    if (now && !part.contains(document.activeElement)) part.replaceWith(now);
  }
}

async function follow() {
  while (document.querySelector("[data-sending]")) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    // The network may be away for a moment; the next round tries again.
    if (!document.hidden) await refresh().catch(() => {});
  }
}

follow();
