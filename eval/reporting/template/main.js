// The overview, the parameters, and the order of drawing.

const STATES = {done: null, interrupted: "interrupted", failed: "failed", unfinished: "not ended"};

for (const run of runs) {
  run.get = new Map(run.parameters);
  run.objective = run.get.get("objective");
}

function mainScore(title, at) {
  const group = data.scores && data.scores.groups.find((one) => one.title.startsWith(title));
  const row = group && group.rows.find((one) => one.main);
  return row && row.cells[at];
}

function fact(name, value, more) {
  return value == null ? null : [make("dt", {}, name), make("dd", {}, value, more ? make("small", {}, more) : null)];
}

function score(name, cell, unit) {
  if (!cell || cell.score == null) return null;
  return fact(name, fixed(cell.score, 1) + unit, cell.low == null ? null : `${range(cell)} (95 %)`);
}

function duration(metrics) {
  return metrics.end ? metrics.end.seconds : last(metrics.training.seconds);
}

function card(run, index) {
  const at = withVectors.indexOf(index), {metrics, vectors} = run;
  const what = [run.objective, run.get.get("dim") && `${run.get.get("dim")} dimensions`, run.get.get("epochs") &&
    `${run.get.get("epochs")} epochs`].filter(Boolean);
  const state = metrics && STATES[metrics.state];
  const badge = state ? make("span", {class: metrics.state === "failed" ? "badge bad" : "badge"}, state) : null;
  const trained = metrics && last(metrics.training.words), heldout = metrics && last(metrics.heldout.heldout_loss);
  return make("article", {class: "card"},
    make("h3", {}, swatch(index), run.name, badge),
    make("p", {class: "what"}, what.join(" · ") || (vectors ? vectors.format : "")),
    make("dl", {class: "facts"}, [
      at < 0 ? null : score("Similarity", mainScore("Word similarity", at), ""),
      at < 0 ? null : score("Analogies", mainScore("Analogies", at), " %"),
      at < 0 ? null : score("Odd one out", mainScore("Categories", at), " %"),
      vectors && fact("Vectors", whole(vectors.words), `of ${vectors.dim} numbers, ${vectors.format}`),
      trained && fact("Words per second", short(meanRate(metrics)), `${short(trained)} in ${
        clock(duration(metrics))}`),
      heldout == null ? null
        : fact("Held-out loss", fixed(heldout, 4), `after epoch ${last(metrics.heldout.epoch)}`),
    ].filter(Boolean).flat().reduce(pairUp, [])),
    run.notes.map((note) => make("p", {class: "note"}, note)));
}

// A div for each dt and dd, so that the grid keeps them together.
function pairUp(pairs, element, index) {
  if (index % 2 === 0) pairs.push(make("div"));
  pairs[pairs.length - 1].append(element);
  return pairs;
}

function drawParameters() {
  const facts = [
    ["file", (run) => run.path],
    ["format", (run) => run.vectors && run.vectors.format],
    ["words", (run) => run.vectors && whole(run.vectors.words)],
    ["state", (run) => run.metrics && (STATES[run.metrics.state] || "done")],
    ["started", (run) => run.metrics && moment(run.metrics.started)],
    ["resumed", (run) => run.metrics && run.metrics.resumed.length ? run.metrics.resumed.map((one) =>
      moment(one.resumed)).join(", ") : null],
    ["duration", (run) => run.metrics && clock(duration(run.metrics))],
  ];
  const names = [...new Set(runs.flatMap((run) => run.parameters.map(([name]) => name)))];
  const rows = [...facts, ...names.map((name) => [name, (run) => run.get.get(name)])]
    .map(([name, value]) => [name, runs.map(value)]).filter(([, values]) => values.some((value) => value != null));
  const isSet = new Set(names.filter((name) => name !== "input"));
  const differ = (name, values) => isSet.has(name) && new Set(values.filter((value) => value != null)).size > 1;
  document.querySelector("#parameters table").append(
    make("thead", {}, make("tr", {}, make("td"), runs.map((run, at) => make("th", {scope: "col"},
      runs.length > 1 ? [swatch(at), " "] : null, run.name)))),
    make("tbody", {}, rows.map(([name, values]) =>
      make("tr", {class: differ(name, values) ? "differs" : null},
        make("th", {scope: "row"}, name), values.map((value) => make("td", {}, value == null ? "–" : value))))));
}

// Links to the visible sections. The one in view is marked.
function drawNavigation() {
  const list = document.querySelector("nav ul"), links = new Map();
  const names = {overview: "Overview", training: "Training", scores: "Scores", map: "Map", shape: "Shape",
    change: "Change", parameters: "Parameters"};
  const sections = [...document.querySelectorAll("main > section")].filter((section) => !section.hidden);
  for (const section of sections) {
    const link = make("a", {href: `#${section.id}`}, names[section.id]);
    links.set(section, link);
    list.append(make("li", {}, link));
  }
  const mark = onceAFrame(() => {
    const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3);
    const current = passed[passed.length - 1] || sections[0];
    for (const [section, link] of links)
      if (section === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
  });
  addEventListener("scroll", mark, {passive: true});
  mark();
}

const cards = document.querySelector(".cards");
cards.classList.toggle("one", runs.length === 1);
cards.append(...runs.map(card));
document.querySelector(".made").textContent =
  `${runs.length === 1 ? "One run" : `${runs.length} runs`}, page of ${data.made}`;
document.querySelector("footer p").textContent = "Made by nce2vec’s eval/report.py: bootstrap of " +
  `${whole(data.replicates)} replicates, seed ${data.seed}, charts with D3 ${d3.version}.`;
drawTraining("words");
document.getElementById("by").addEventListener("change", (event) => drawTraining(event.target.value));
drawScores();
drawMap();
drawShapes();
drawChange();
drawParameters();
drawNavigation();
