// Norms by frequency, and the distribution of cosines.

function drawShapes() {
  if (!data.shapes) return;
  document.getElementById("shape").hidden = false;
  drawNorms();
  drawCosines();
}

function drawNorms() {
  const byRank = data.shapes[0].norms.by === "rank";
  const each = data.shapes.length; // all runs share the dots of the chart
  const dots = data.shapes.flatMap((shape, at) => shape.norms.points.filter((_, i) => i % each === 0)
    .map(([x, y, word]) => ({x, y, word, run: withVectors[at]})));
  const xs = dots.map((dot) => dot.x);
  chart(document.getElementById("norms"), {
    title: "Norm against frequency", height: 320,
    unit: "Euclidean length of a vector",
    note: `Lines are medians, bands contain 80 % of the words.${
      byRank ? " The counts of the words are not known: their rank is shown instead." : ""}`,
    series: data.shapes.map((shape, at) => ({run: withVectors[at], label: "",
      x: shape.norms.trend.map((row) => row[0]), y: shape.norms.trend.map((row) => row[2])})),
    room: dots.map((dot) => [dot.x, dot.y]),
    x: {label: byRank ? "rank of the word" : "occurrences of the word", format: short, scale: "log",
      domain: byRank ? [d3.max(xs), d3.min(xs)] : d3.extent(xs)},
    y: {format: d3.format("~g"), exact: (value) => fixed(value, 2), zero: true},
    behind(svg, x, y) {
      svg.append("g").selectAll("circle").data(dots).join("circle").attr("class", "speck")
        .attr("style", (dot) => colour(dot.run)).attr("r", 1.8)
        .attr("cx", (dot) => x(dot.x)).attr("cy", (dot) => y(dot.y));
      data.shapes.forEach((shape, at) => svg.append("path").attr("class", "area").attr("style", colour(withVectors[at]))
        .attr("d", d3.area().x((row) => x(row[0])).y0((row) => y(row[1])).y1((row) => y(row[3]))(shape.norms.trend)));
    },
    inspect: (svg, x, y) => nameDots(svg, dots, x, y, byRank),
  });
}

// Shows the word of the dot nearest to the pointer; the arrow keys move to the next dot.
function nameDots(svg, dots, x, y, byRank) {
  const node = svg.node();
  const places = d3.quadtree().x((dot) => x(dot.x)).y((dot) => y(dot.y)).addAll(dots);
  const mark = svg.append("circle").attr("class", "dot").attr("r", 4.5).attr("visibility", "hidden");
  const order = dots.slice().sort((one, other) => x(one.x) - x(other.x));
  let at = -1;

  function show(dot) {
    const box = node.getBoundingClientRect(), zoom = box.width / node.viewBox.baseVal.width;
    mark.attr("visibility", dot ? "visible" : "hidden");
    if (!dot) return tip.hide();
    mark.attr("cx", x(dot.x)).attr("cy", y(dot.y)).attr("style", colour(dot.run));
    tip.show([make("div", {}, swatch(dot.run), make("b", {}, dot.word)),
      make("div", {}, `length ${fixed(dot.y, 2)}, ${byRank ? `rank ${whole(dot.x)}` : `${whole(dot.x)} times`}`)],
      box.left + x(dot.x) * zoom, box.top + y(dot.y) * zoom);
  }
  node.addEventListener("pointermove", (event) => {
    const box = node.getBoundingClientRect(), zoom = node.viewBox.baseVal.width / box.width;
    show(places.find((event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom, 30));
  });
  node.addEventListener("pointerleave", () => show(null));
  node.addEventListener("blur", () => show(null));
  node.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    at = Math.min(order.length - 1, Math.max(0, at + step));
    show(order[at]);
  });
}

function drawCosines() {
  const spreads = data.shapes.map((shape, at) => ({...shape.cosines, run: withVectors[at]})).filter((one) => one.edges);
  const series = spreads.flatMap(({run, edges, random, nearest}) => {
    const shared = {run, x: edges.slice(1).map((edge, i) => (edge + edges[i]) / 2), curve: d3.curveMonotoneX};
    return [{...shared, label: "random pairs", y: random, filled: true},
      {...shared, label: "with the nearest word", y: nearest, className: "dashed"}];
  });
  const means = spreads.map((one) => `${nameBefore(one.run)}${fixed(one.random_mean, 3)} of random pairs, ${
    fixed(one.nearest_mean, 3)} with the nearest word`);
  chart(document.getElementById("cosines"), {
    title: "Cosines", unit: "share of the pairs", height: 320, note: `Mean: ${means.join("; ")}.`, series,
    x: {label: "cosine", format: d3.format("~g")}, y: {format: d3.format(".0%"), exact: d3.format(".1%"), zero: true},
  });
}
