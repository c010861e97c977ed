// Charts with two axes: curves, dots, areas, a legend, and a rule that shows the values at a place.

// chart(figure, {title, unit, note, series, x, y, ...}) draws at the figure's width, and again when it changes.
// A series has run, label, x and y (of one length; null: no value). Optional: kind "dots"; className "dashed", "raw";
// filled; curve (one of D3's). x and y have label and format. Optional: scale "log", domain, zero: true (the axis
// begins at 0). Optional for the chart: height; room, points that the axes must include; behind(svg, x, y), drawn
// before the curves; inspect(svg, x, y), instead of the rule that follows the pointer; marks, vertical lines, each with
// run, x and text.
function chart(figure, chosen) {
  const caption = make("figcaption", {}, make("h3", {}, chosen.title),
    make("span", {class: "unit"}, chosen.unit || ""), make("p", {class: "caption"}, chosen.note || ""));
  if (!chosen.series.some((one) => one.y.some((value) => value != null))) {
    figure.replaceChildren(caption, make("p", {class: "caption"}, "Nothing was measured."));
    return;
  }
  const frame = make("div");
  figure.replaceChildren(caption, frame, legend(chosen.series));
  drawToWidth(frame, (width) => drawChart(frame, chosen, width));
}

function legend(all) {
  const series = all.filter((one) => !one.isRaw), kinds = new Set(series.map((one) => one.label));
  if (series.length < 2 && runs.length < 2) return "";
  const items = series.map((one) => {
    const name = runs.length > 1 ? runs[one.run].name + (kinds.size > 1 ? `, ${one.label}` : "") : one.label;
    return make("li", {}, keySign(one), name);
  });
  return make("ul", {class: "key"}, items);
}

function keySign(series) {
  const svg = d3.create("svg").attr("viewBox", "0 0 26 10").attr("aria-hidden", "true")
    .attr("style", colour(series.run));
  svg.append("path").attr("d", "M1 5H25").attr("class", `curve ${series.className || ""}`);
  if (series.kind === "dots") svg.append("circle").attr("class", "dot").attr("cx", 13).attr("cy", 5).attr("r", 3.5);
  return svg.node();
}

function scaleOf(axis, values, room, zero) {
  const scale = axis.scale === "log" ? d3.scaleLog() : d3.scaleLinear();
  const [low, high] = axis.domain || d3.extent(values);
  const margin = high === low ? Math.abs(high) || 1 : 0; // of a single value
  return scale.domain([zero ? 0 : low - margin * (axis.scale === "log" ? 0 : 1), high + margin]).range(room);
}

function drawChart(frame, chosen, width) {
  const height = chosen.height || 220, top = 8, bottom = 38, left = 52, right = 12;
  const all = chosen.series.flatMap((one) => one.x.map((x, i) => [x, one.y[i]])).filter(([, y]) => y != null)
    .concat(chosen.room || []);
  const x = scaleOf(chosen.x, all.map((point) => point[0]), [left, width - right]);
  const y = scaleOf(chosen.y, all.map((point) => point[1]), [height - bottom, top], chosen.y.zero).nice();
  const svg = d3.create("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("height", height)
    .attr("role", "img").attr("tabindex", 0)
    .attr("aria-label", `${chosen.title}. ${chosen.note || ""} The arrow keys show single values.`);

  axisLeft(svg, y, chosen.y, left, width - right);
  axisBottom(svg, x, chosen.x, height, bottom, width - right);
  if (chosen.behind) chosen.behind(svg, x, y);
  for (const one of chosen.series) drawSeries(svg, one, x, y);
  for (const mark of chosen.marks || []) drawMark(svg, mark, x, [top, height - bottom]);
  frame.replaceChildren(svg.node());
  if (chosen.inspect) chosen.inspect(svg, x, y);
  else followPointer(svg, chosen, x, y, height - bottom);
}

function axisLeft(svg, y, axis, left, right) {
  svg.append("g").attr("class", "axis").attr("transform", `translate(${left},0)`)
    .call(d3.axisLeft(y).ticks(5).tickFormat(axis.format).tickSize(left - right).tickPadding(8))
    .attr("font-family", null).attr("font-size", null);
}

function axisBottom(svg, x, axis, height, bottom, right) {
  const ticks = Math.max(2, Math.round(right / 110));
  const format = axis.scale === "log" ? logTick(axis.format) : axis.format;
  const g = svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - bottom})`)
    .call(d3.axisBottom(x).ticks(ticks).tickFormat(format).tickSize(0).tickPadding(9))
    .attr("font-family", null).attr("font-size", null);
  g.append("text").attr("class", "name").attr("x", right).attr("y", bottom - 4).text(axis.label);
}

// Only powers of ten: the other labels would overlap.
function logTick(format) {
  return (value) => (Number.isInteger(Number(Math.log10(value).toFixed(9))) ? format(value) : "");
}

function drawSeries(svg, one, x, y) {
  const points = one.x.map((value, i) => [value, one.y[i]]);
  const g = svg.append("g").attr("style", colour(one.run));
  const line = d3.line().defined((p) => p[1] != null).x((p) => x(p[0])).y((p) => y(p[1]));
  if (one.curve) line.curve(one.curve);
  if (one.filled) {
    const area = d3.area().x((p) => x(p[0])).y0(y.range()[0]).y1((p) => y(p[1]));
    if (one.curve) area.curve(one.curve);
    g.append("path").attr("class", "area").attr("d", area(points));
  }
  g.append("path").attr("class", `curve ${one.className || ""}`).attr("d", line(points));
  if (one.kind === "dots")
    g.selectAll("circle").data(points.filter((p) => p[1] != null)).join("circle").attr("class", "dot")
      .attr("cx", (p) => x(p[0])).attr("cy", (p) => y(p[1])).attr("r", points.length > 30 ? 2.5 : 4);
}

// A line from the top to the axis, with a triangle at the top.
function drawMark(svg, mark, x, [top, floor]) {
  const g = svg.append("g").attr("class", "mark").attr("style", colour(mark.run))
    .attr("transform", `translate(${x(mark.x)},0)`);
  g.append("title").text(mark.text);
  g.append("path").attr("d", `M0 ${top}V${floor}`);
  g.append("path").attr("class", "head").attr("d", `M-5 ${top}H5L0 ${top + 8}Z`);
}

// The index of the value nearest to a value, in ascending values.
function nearest(values, value) {
  const at = d3.bisectLeft(values, value);
  const isBefore = at > 0 && (at === values.length || value - values[at - 1] < values[at] - value);
  return isBefore ? at - 1 : at;
}

const STEPS = 40; // of the arrow keys over the width of a chart; a mark is shown within half a step

// A rule at the pointer (or moved by the arrow keys), with the value of every series there.
function followPointer(svg, chosen, x, y, floor) {
  const node = svg.node();
  const rule = svg.append("path").attr("class", "rule").attr("visibility", "hidden");
  const marks = svg.append("g").attr("visibility", "hidden");
  const [low, high] = d3.extent(x.domain());
  let place = null;

  function show(value, clientX, clientY) {
    place = Math.min(high, Math.max(low, value));
    const near = chosen.series.filter((one) => !one.isRaw).map((one) => [one, nearest(one.x, place)])
      .filter(([one, at]) => one.y[at] != null);
    rule.attr("visibility", "visible").attr("d", `M${x(place)} 8V${floor}`);
    marks.attr("visibility", "visible").selectAll("circle").data(near).join("circle").attr("class", "dot")
      .attr("r", 3.5).attr("style", ([one]) => colour(one.run))
      .attr("cx", ([one, at]) => x(one.x[at])).attr("cy", ([one, at]) => y(one.y[at]));
    const lines = near.map(([one, at]) => {
      const names = [runs.length > 1 ? runs[one.run].name : "", one.label].filter(Boolean);
      return make("div", {}, swatch(one.run), `${names.join(", ")} `, make("b", {}, chosen.y.exact(one.y[at])));
    });
    const marked = (chosen.marks || []).filter((mark) => Math.abs(mark.x - place) <= (high - low) / (2 * STEPS))
      .map((mark) => make("div", {}, swatch(mark.run), nameBefore(mark.run), mark.text));
    tip.show([make("div", {}, `${chosen.x.format(place)} ${chosen.x.label}`), ...lines, ...marked], clientX, clientY);
  }
  function leave() {
    rule.attr("visibility", "hidden");
    marks.attr("visibility", "hidden");
    tip.hide();
  }
  const fromClient = (clientX) => {
    const box = node.getBoundingClientRect();
    return x.invert((clientX - box.left) * (node.viewBox.baseVal.width / box.width));
  };
  node.addEventListener("pointermove", (event) => show(fromClient(event.clientX), event.clientX, event.clientY));
  node.addEventListener("pointerleave", leave);
  node.addEventListener("blur", leave);
  node.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    const box = node.getBoundingClientRect(), zoom = box.width / node.viewBox.baseVal.width;
    const next = place == null ? (step > 0 ? low : high) : place + (step * (high - low)) / STEPS;
    show(next, box.left + x(Math.min(high, Math.max(low, next))) * zoom, box.top + 40);
  });
}

// The three charts of training, over words or over time.
function drawTraining(by) {
  const measured = runs.map((run, at) => ({at, metrics: run.metrics})).filter((one) => one.metrics);
  if (!measured.length) return;
  document.getElementById("training").hidden = false;
  const x = by === "words" ? {label: "words trained on", format: short} : {label: "", format: clock};
  const series = (kind, key, more) => measured.filter((one) => one.metrics[kind][key].some((value) => value != null))
    .map((one) => ({run: one.at, x: one.metrics[kind][by], y: one.metrics[kind][key], ...more}));
  const smooth = (list) => list.flatMap((one) => (one.x.length < 3 * SMOOTHED ? [one]
    : [{...one, className: "raw", isRaw: true}, {...one, y: smoothed(one.y)}]));
  const heldout = series("heldout", "heldout_loss", {label: "held out", kind: "dots", className: "dashed"});
  const training = series("training", "loss", {label: heldout.length ? "training" : ""});
  const each = (list, words) => list.map((one) => nameBefore(one.run) + words(one)).join("; ");
  const begun = measured.filter((one) => one.metrics.training.words.length).map((one) => ({run: one.at}));
  const marks = measured.flatMap((one) => one.metrics.resumed.map((mark) => ({run: one.at, x: mark[by],
    text: `resumed ${moment(mark.resumed)}`})));
  const resumed = measured.filter((one) => one.metrics.resumed.length).map((one) => ({run: one.at}));
  const resumedText = each(resumed, (one) => whenResumed(runs[one.run].metrics.resumed));
  const resumedNote = resumedText && `Marks: ${resumedText}.`;
  const objectives = new Set(measured.map((one) => runs[one.at].objective));

  chart(document.getElementById("loss"), {
    title: "Loss", unit: "mean per positive pair", height: 320, series: [...smooth(training), ...heldout], x, marks,
    y: {format: d3.format("~g"), exact: (value) => fixed(value, 4)},
    note: [`At the end: ${each(training, (one) => fixed(last(one.y), 4))}.`,
      heldout.length ? `Held out: ${each(heldout, (one) => fixed(last(one.y), 4))}.` : "",
      objectives.size > 1 ? "Losses of different objectives cannot be compared." : "", resumedNote,
    ].filter(Boolean).join(" "),
  });
  chart(document.getElementById("lr"), {
    title: "Learning rate", series: series("training", "lr", {label: ""}), x, marks, note: resumedNote,
    y: {format: d3.format("~g"), exact: d3.format(".4~g"), zero: true},
  });
  chart(document.getElementById("rate"), {
    title: "Speed", unit: "words per second", series: smooth(series("training", "words_per_second", {label: ""})),
    x, marks,
    y: {format: short, exact: short, zero: true},
    note: `Mean: ${each(begun, (one) => short(meanRate(runs[one.run].metrics)))}.${
      heldout.length ? " It is lower where held-out sentences are measured." : ""} ${resumedNote}`.trim(),
  });
}

function whenResumed(marks) {
  const newest = moment(last(marks).resumed);
  return marks.length === 1 ? `resumed ${newest}` : `resumed ${marks.length} times, the last time ${newest}`;
}

const SMOOTHED = 9; // a smoothed point is the mean of so many

function smoothed(values) {
  const half = (SMOOTHED - 1) / 2;
  return values.map((value, i) => (value == null ? null
    : d3.mean(values.slice(Math.max(0, i - half), i + half + 1).filter((one) => one != null))));
}

function meanRate(metrics) {
  const {words, seconds} = metrics.training;
  return metrics.end ? metrics.end.words_per_second : last(words) / last(seconds);
}
