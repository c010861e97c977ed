// The map of words: points on a canvas, as many labels as fit, a search box, the neighbours of a word.

const EXTENT = 10000; // positions are integers from 0 to this
const REACH = 14;     // pixels from the pointer to a word that it selects
const LABELS = 220;   // max on the screen

class WordMap {
  // at: index in data.maps; view: what the maps of all runs share (see drawMap).
  constructor(at, view) {
    Object.assign(this, data.maps[at], {run: withVectors[at], view});
    this.count = this.at.length; // words of the map; those after them are only neighbours
    this.place = new Map(this.words.map((word, i) => [word, i]));
    this.tree = d3.quadtree(d3.range(this.count), (i) => this.at[i][0], (i) => this.at[i][1]);
  }

  has(word) {
    return this.place.has(word) && this.place.get(word) < this.count;
  }

  // The index of the word near a point of the canvas, or null.
  find(x, y) {
    const {k} = this.view.transform(), fit = this.view.fit();
    const [left, top] = this.view.invert(x, y);
    const found = this.tree.find(left, top, REACH / (k * fit.scale));
    return found === undefined ? null : found;
  }
}

function drawMap() {
  const usable = d3.range((data.maps || []).length).filter((at) => data.maps[at]);
  if (!usable.length) return;
  document.getElementById("map").hidden = false;
  const canvas = document.querySelector("#map canvas"), context = canvas.getContext("2d");
  const view = {
    width: 0, height: 0, hovered: null, chosen: null,
    transform: () => d3.zoomTransform(canvas),
    fit() {
      const margin = 28, scale = Math.min(this.width - 2 * margin, this.height - 2 * margin) / EXTENT;
      return {scale, left: (this.width - scale * EXTENT) / 2, top: (this.height - scale * EXTENT) / 2};
    },
    project([x, y]) {
      const {scale, left, top} = this.fit();
      return this.transform().apply([left + scale * x, top + scale * y]);
    },
    invert(x, y) {
      const {scale, left, top} = this.fit(), [a, b] = this.transform().invert([x, y]);
      return [(a - left) / scale, (b - top) / scale];
    },
  };
  const maps = usable.map((at) => new WordMap(at, view));
  const atlas = {canvas, context, view, maps, shown: maps[0]};
  const redraw = onceAFrame(() => paint(atlas));

  const zoom = d3.zoom().scaleExtent([0.8, 24]).on("zoom", redraw).filter(function (event) {
    const happened = event && event.type ? event : d3.event; // of D3 before version 6
    if (happened.type === "wheel") return happened.ctrlKey || happened.metaKey; // otherwise the page scrolls
    return happened.touches ? happened.touches.length > 1 : !happened.button;
  });
  d3.select(canvas).call(zoom);
  drawToWidth(canvas, () => {
    view.width = canvas.clientWidth;
    view.height = canvas.clientHeight;
    zoom.extent([[0, 0], [view.width, view.height]]);
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  atlas.choose = (word) => {
    view.chosen = word;
    listNeighbours(atlas);
    redraw();
  };
  atlas.moveTo = (word) => {
    const {scale, left, top} = view.fit(), {shown} = atlas, at = shown.place.get(word), [x, y] = shown.at[at];
    // The zoom at which about two thirds of its neighbours are visible.
    const reaches = shown.near[at].filter((i) => i < shown.count)
      .map((i) => Math.hypot(shown.at[i][0] - x, shown.at[i][1] - y));
    const reach = scale * (d3.quantile(reaches.sort(d3.ascending), 0.7) || EXTENT / 10);
    const k = Math.min(10, Math.max(1.6, Math.min(view.width, view.height) / (2.6 * reach)));
    const there = d3.zoomIdentity.translate(view.width / 2, view.height / 2).scale(k)
      .translate(-(left + scale * x), -(top + scale * y));
    glide(canvas).call(zoom.transform, there);
  };
  atlas.redraw = redraw;
  listenToPointer(atlas);
  listenToButtons(atlas, zoom);
  listenToSearch(atlas);
  chooseRun(atlas);
  listGroups(atlas);
  listNeighbours(atlas);
}

function onceAFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

function glide(canvas) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return still ? d3.select(canvas) : d3.select(canvas).transition().duration(450);
}

// Painting ------------------------------------------------------------------------------

function paint({canvas, context, view, shown}) {
  const ratio = devicePixelRatio || 1, style = getComputedStyle(canvas);
  if (!view.width) return;
  if (canvas.width !== Math.round(view.width * ratio) || canvas.height !== Math.round(view.height * ratio)) {
    canvas.width = Math.round(view.width * ratio);
    canvas.height = Math.round(view.height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  const chosen = shown.has(view.chosen) ? shown.place.get(view.chosen) : null;
  const near = new Set(chosen == null ? [] : shown.near[chosen].filter((i) => i < shown.count));
  const places = shown.at.map((at) => view.project(at));
  const inside = (i) => {
    const [x, y] = places[i];
    return x > -20 && x < view.width + 20 && y > -20 && y < view.height + 20;
  };
  const first = [...view.matches || [], ...near];
  if (chosen != null) first.unshift(chosen);
  if (view.hovered != null) first.unshift(view.hovered);
  const marked = new Set(first);

  if (chosen != null) paintLines(context, places, chosen, near, style);
  const radius = Math.min(4.5, 1.9 * Math.sqrt(view.transform().k));
  for (let i = shown.count - 1; i >= 0; i--) {
    if (!inside(i)) continue;
    context.globalAlpha = marked.has(i) ? 1 : marked.size ? 0.28 : 0.8;
    context.fillStyle = style.getPropertyValue(`--group-${shown.group[i]}`);
    context.beginPath();
    context.arc(places[i][0], places[i][1], marked.has(i) ? radius + 1.4 : radius, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  paintLabels(context, shown, places, inside, first, marked, style, view);
}

function paintLines(context, places, chosen, near, style) {
  context.strokeStyle = style.getPropertyValue("--soft");
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  for (const i of near) {
    context.beginPath();
    context.moveTo(...places[chosen]);
    context.lineTo(...places[i]);
    context.stroke();
  }
  context.globalAlpha = 1;
}

// The marked words first, then the most frequent ones. Labels do not overlap.
function paintLabels(context, shown, places, inside, first, marked, style, view) {
  const font = style.getPropertyValue("--sans"), cell = 16, taken = new Set();
  const others = d3.range(shown.count);
  let painted = 0;

  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = style.getPropertyValue("--sheet");
  for (const i of [...first, ...others]) {
    if (painted >= LABELS) break;
    if (!inside(i)) continue;
    const isMarked = marked.has(i);
    context.font = `${isMarked ? "600 13px" : "12px"} ${font}`;
    const [x, y] = [places[i][0] + 6, places[i][1]], width = context.measureText(shown.words[i]).width;
    const columns = d3.range(Math.floor(x / cell), Math.floor((x + width + 4) / cell) + 1);
    const rows = d3.range(Math.floor((y - 8) / cell), Math.floor((y + 8) / cell) + 1);
    const cells = d3.cross(columns, rows, (column, row) => `${column},${row}`);
    if (cells.some((name) => taken.has(name)) && i !== first[0]) continue;
    cells.forEach((name) => taken.add(name));
    context.fillStyle = style.getPropertyValue(marked.size && !isMarked ? "--soft" : "--ink");
    context.strokeText(shown.words[i], x, y);
    context.fillText(shown.words[i], x, y);
    painted++;
  }
}

// Input ----------------------------------------------------------------------------------

function listenToPointer(atlas) {
  const {canvas, view} = atlas;
  const find = (event) => atlas.shown.find(event.offsetX, event.offsetY);

  canvas.addEventListener("pointermove", (event) => {
    const found = event.pointerType === "touch" ? null : find(event);
    canvas.classList.toggle("over", found != null);
    if (found == null) tip.hide();
    else tip.show([make("b", {}, atlas.shown.words[found])], event.clientX, event.clientY);
    if (found !== view.hovered) {
      view.hovered = found;
      atlas.redraw();
    }
  });
  canvas.addEventListener("pointerleave", () => {
    view.hovered = null;
    tip.hide();
    atlas.redraw();
  });
  canvas.addEventListener("click", (event) => {
    const found = find(event);
    view.matches = null;
    atlas.choose(found == null ? null : atlas.shown.words[found]);
  });
}

function listenToButtons({canvas}, zoom) {
  for (const button of document.querySelectorAll("#map .zoom button"))
    button.addEventListener("click", () => {
      const by = Number(button.dataset.by);
      if (by) glide(canvas).call(zoom.scaleBy, by);
      else glide(canvas).call(zoom.transform, d3.zoomIdentity);
    });
}

function listenToSearch(atlas) {
  const {view} = atlas, input = document.getElementById("word"), list = document.getElementById("words");

  function matching(start) {
    return start ? d3.range(atlas.shown.count).filter((i) => atlas.shown.words[i].toLowerCase().startsWith(start)) : [];
  }
  function search(isDone) {
    const start = input.value.trim().toLowerCase(), found = matching(start);
    const exact = found.find((i) => atlas.shown.words[i].toLowerCase() === start);
    list.replaceChildren(...found.slice(0, 12).map((i) => make("option", {value: atlas.shown.words[i]})));
    view.matches = found.length ? found : null;
    if (isDone && start) {
      const word = found.length ? atlas.shown.words[exact === undefined ? found[0] : exact] : null;
      view.matches = null;
      if (word == null) showMissing(input.value.trim());
      else {
        atlas.choose(word);
        atlas.moveTo(word);
      }
    }
    atlas.redraw();
  }
  input.addEventListener("input", (event) => search(event.inputType === "insertReplacementText" || !event.inputType));
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(true);
  });
}

function chooseRun(atlas) {
  const choice = document.getElementById("which");
  if (atlas.maps.length < 2) return;
  choice.hidden = false;
  choice.append(...atlas.maps.map((one, at) => {
    const input = make("input", {type: "radio", name: "which", value: at, checked: at === 0});
    input.addEventListener("change", () => {
      atlas.shown = one;
      Object.assign(atlas.view, {hovered: null, matches: null});
      listGroups(atlas);
      listNeighbours(atlas);
      atlas.redraw();
    });
    return make("label", {}, input, make("span", {}, runLabel(one.run)));
  }));
}

// Beside the map --------------------------------------------------------------------------

const aside = document.querySelector("#map .neighbours");

function showMissing(word) {
  aside.replaceChildren(make("h3", {}, word),
    make("p", {class: "soft"}, `No word on the map begins with it.`));
}

// The neighbours of the chosen word in every run that has it.
function listNeighbours(atlas) {
  const {view, maps, shown} = atlas, word = view.chosen;
  if (word == null) {
    aside.replaceChildren(make("h3", {}, "Neighbours"), make("p", {class: "soft"},
      "Choose a word on the map, or find one, to see the words whose vectors have the largest cosines with its own."));
    return;
  }
  const lists = maps.filter((one) => one.has(word)).flatMap((one) => {
    const at = one.place.get(word);
    const items = one.near[at].map((other, i) => {
      const cosine = one.cosine[at][i] / 1000, name = one.words[other];
      const label = shown.has(name) ? make("button", {type: "button"}, name) : make("span", {}, name);
      label.addEventListener("click", () => {
        if (!shown.has(name)) return;
        atlas.choose(name);
        atlas.moveTo(name);
      });
      return make("li", {style: `--share: ${Math.max(0, 100 * cosine)}%`}, label, make("span", {}, fixed(cosine, 3)));
    });
    return [runs.length > 1 ? make("h4", {}, runLabel(one.run)) : null, make("ol", {style: colour(one.run)}, items)];
  });
  const rank = shown.has(word) ? `The ${ordinal(shown.place.get(word) + 1)} most frequent word. `
    : "Not on the map of this run. ";
  aside.replaceChildren(make("h3", {}, word), make("p", {class: "soft"}, rank, "Its neighbours and their cosines:"),
    ...lists.filter(Boolean));
}

function ordinal(number) {
  const rest = number % 100, ending = rest > 10 && rest < 14 ? "th" : ["th", "st", "nd", "rd"][number % 10] || "th";
  return `${whole(number)}${ending}`;
}

function listGroups({shown}) {
  const groups = d3.range(8).map((group) => d3.range(shown.count).filter((i) => shown.group[i] === group))
    .filter((members) => members.length);
  document.getElementById("groups-key").replaceChildren(...groups.map((members) => make("li", {},
    make("span", {class: "swatch", style: `--run: var(--group-${shown.group[members[0]]})`}),
    members.slice(0, 3).map((i) => shown.words[i]).join(", ") + (members.length > 3 ? " …" : ""))));
}
