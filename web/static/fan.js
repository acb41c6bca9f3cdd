/** Inspection of a fan chart by pointer, finger and keyboard. Without it the drawing and its table stand alone. */

for (const figure of document.querySelectorAll("[data-fan]")) enhance(figure);

function enhance(figure) {
  const drawings = [...figure.querySelectorAll("[data-drawing]")].map(readDrawing);
  const slider = figure.querySelector("input[type=range]");
  const readout = figure.querySelector("[data-readout]");
  if (!drawings.length || !slider) return;

  const showPeriod = (index) => {
    slider.value = String(index);
    for (const drawing of drawings) placeCursor(drawing, drawing.dots[index]);
    const words = drawings[0].dots[index].words;
    readout.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  };

  slider.parentElement.hidden = false;
  slider.setAttribute("aria-valuetext", drawings[0].dots[Number(slider.value)].words);
  slider.addEventListener("input", () => showPeriod(Number(slider.value)));
  for (const drawing of drawings) {
    const follow = (event) => showPeriod(nearest(drawing, event));
    drawing.svg.addEventListener("pointermove", follow);
    drawing.svg.addEventListener("pointerdown", follow);
  }
}

function readDrawing(svg) {
  const dots = [...svg.querySelectorAll("[data-dot]")].map((mark) => {
    const [x, y] = mark.dataset.dot.split(",").map(Number);
    return { x, y, words: mark.dataset.words };
  });
  return { svg, dots, cursor: svg.querySelector("[data-cursor]") };
}

function placeCursor({ cursor }, dot) {
  cursor.removeAttribute("hidden");
  cursor.querySelector("path").setAttribute("transform", `translate(${dot.x} 0)`);
  const circle = cursor.querySelector("circle");
  circle.setAttribute("cx", dot.x);
  circle.setAttribute("cy", dot.y);
}

function nearest({ svg, dots }, event) {
  const box = svg.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
  let best = 0;
  dots.forEach((dot, index) => {
    if (Math.abs(dot.x - x) < Math.abs(dots[best].x - x)) best = index;
  });
  return best;
}
