"use strict";
(() => {
  const NARROW = 560, PAPER = 680;
  const still = { staticPlot: true, displayModeBar: false, responsive: false };
  const clear = "rgba(0,0,0,0)";
  const plain = value => value !== null && typeof value === "object" && !Array.isArray(value);

  function merge(into, over) {
    for (const [key, value] of Object.entries(over)) {
      into[key] = plain(value) && plain(into[key]) ? merge(into[key], value) : value;
    }
    return into;
  }

  const ROOMY = { l: 64, r: 24, t: 24, b: 52 };
  const LETTER = 7, LINE = 18;

  function wrapped(text, width) {
    const room = Math.max(12, Math.floor(width / LETTER)), lines = [""];
    for (const word of text.split(" ")) {
      const last = lines.length - 1;
      if (lines[last] && lines[last].length + word.length >= room) lines.push(word);
      else lines[last] += (lines[last] && " ") + word;
    }
    return lines;
  }

  // A title of the horizontal axis that is longer than the axis goes on in the next line, and the chart grows by it.
  function wrapTitles(layout) {
    const { l, r } = layout.margin;
    for (const [name, axis] of Object.entries(layout)) {
      const text = /^xaxis\d*$/.test(name) && axis.title?.text;
      if (!text || text.includes("<")) continue;
      const lines = wrapped(text, layout.width - l - r);
      axis.title.text = lines.join("<br>");
      layout.height += LINE * (lines.length - 1);
      layout.margin.b += LINE * (lines.length - 1);
    }
  }

  function layoutAt(figure, width) {
    const layout = structuredClone(figure.layout);
    const narrow = layout.meta?.cjlab?.narrow;
    if (width < NARROW && narrow) merge(layout, structuredClone(narrow));
    const family = getComputedStyle(document.body).fontFamily;
    Object.assign(layout, {
      width, autosize: false, height: layout.height ?? 380, hovermode: false, dragmode: false,
      margin: { ...ROOMY, t: layout.title?.text ? 64 : ROOMY.t, ...layout.margin },
      paper_bgcolor: clear, plot_bgcolor: clear, font: { ...layout.font, family },
    });
    wrapTitles(layout);
    return layout;
  }

  const ink = name => /^(accent|muted|good|bad)/.exec(name ?? "")?.[1];

  function colour(element, name) {
    const found = ink(name);
    if (found) element.classList.add(`ink-${found}`);
  }

  function dress(box, layout) {
    for (const group of box.querySelectorAll("g.trace, g.traces")) colour(group, group.__data__?.[0]?.trace?.uid);
    for (const path of box.querySelectorAll(".shapelayer path[data-index]")) {
      colour(path, layout.shapes?.[path.dataset.index]?.name);
    }
    for (const note of box.querySelectorAll("g.annotation[data-index]")) {
      colour(note, layout.annotations?.[note.dataset.index]?.name);
    }
    for (const svg of box.querySelectorAll(".main-svg")) {
      svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
    }
    box.style.minHeight = "";
    box.style.setProperty("--shape", `${layout.width} / ${layout.height}`);
  }

  function draw(box, figure, width) {
    const layout = layoutAt(figure, width);
    return Plotly.react(box.firstElementChild, structuredClone(figure.data), layout, still)
      .then(() => dress(box, layout))
      .catch(() => undrawn(box));
  }

  function undrawn(box) {
    box.hidden = true;
    box.style.display = "none";
    for (const numbers of box.parentElement.querySelectorAll("details.numbers")) numbers.open = true;
  }

  // plotly.js comes packed; unpacked it is a script of this page, which the policy lets run for its digest alone.
  async function unpacked(packed) {
    const bytes = Uint8Array.from(atob(packed), one => one.charCodeAt(0));
    const script = document.createElement("script");
    script.textContent = await new Response(
      new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))
    ).text();
    document.head.append(script);
    script.remove();
    if (!globalThis.Plotly) throw new Error("plotly.js did not run");
  }

  const charts = [], boxes = document.querySelectorAll(".chart");

  function drawn(box) {
    const figure = JSON.parse(document.getElementById(box.dataset.figure).textContent);
    const chart = { box, figure, width: 0 };
    chart.at = width => {
      if (width <= 0 || width === chart.width) return;
      chart.width = width;
      draw(box, figure, width);
    };
    charts.push(chart);
    chart.at(Math.floor(box.clientWidth));
    new ResizeObserver(() => matchMedia("print").matches || chart.at(Math.floor(box.clientWidth))).observe(box);
  }

  unpacked(document.getElementById("plotly").textContent)
    .then(() => boxes.forEach(drawn))
    .catch(() => boxes.forEach(undrawn));
  addEventListener("beforeprint", () => charts.forEach(chart => chart.at(PAPER)));
  addEventListener("afterprint", () => charts.forEach(chart => chart.at(Math.floor(chart.box.clientWidth))));
})();
