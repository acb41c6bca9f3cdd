// Something under way: its numbers are fetched anew until it has ended. Without scripts the page is reloaded.

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
  for (let sign; (sign = document.querySelector("[data-under-way]")); ) {
    await new Promise((done) => setTimeout(done, Number(sign.dataset.underWay)));
    // The network may be away for a moment; the next round tries again.
    if (!document.hidden) await refresh().catch(() => {});
  }
}

follow();
