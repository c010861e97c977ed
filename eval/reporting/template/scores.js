// Tables of scores: a line for each set and run, with all intervals on one scale.

const lowest = Math.min(0, ...(data.scores ? data.scores.groups : []).flatMap((group) => group.rows)
  .flatMap((row) => row.cells).flatMap((cell) => [cell.low, cell.score]).filter((value) => value != null));

function onScale(value) {
  return `${(100 * (Math.min(100, value) - lowest)) / (100 - lowest)}%`;
}

function span(from, to) {
  return `left: ${from}; width: calc(${to} - ${from})`;
}

function scale(run, cell) {
  const parts = [0, 25, 50, 75, 100].map((value) => make("i", {class: "line", style: `left: ${onScale(value)}`}));
  if (cell.low != null)
    parts.push(make("i", {class: "bar", style: span(onScale(cell.low), onScale(cell.high))}));
  if (cell.chance != null) parts.push(make("i", {class: "chance", style: `left: ${onScale(cell.chance)}`}));
  if (cell.score != null) parts.push(make("i", {class: "at", style: `left: ${onScale(cell.score)}`}));
  return make("div", {class: "scale", style: colour(run), "aria-hidden": "true"}, parts);
}

function usedText(cell) {
  return cell.used == null ? "" : `${whole(cell.used)} of ${whole(cell.used + cell.missing)}`;
}

function scoreRows(row) {
  return row.cells.map((cell, at) => {
    const run = withVectors[at];
    const text = [cell.score == null ? "nothing could be scored" : null, range(cell)].filter(Boolean).join(" ");
    return make("tr", {class: row.main ? "main" : null},
      at ? null : make("th", {scope: "rowgroup", class: "label", rowspan: row.cells.length}, row.label),
      make("td", {class: "value"}, runs.length > 1 ? swatch(run) : null,
        runs.length > 1 ? make("span", {class: "unseen"}, `${runs[run].name}: `) : null, fixed(cell.score, 1)),
      make("td", {}, scale(run, cell), make("span", {class: "below"}, text)),
      make("td", {class: "range"}, text),
      make("td", {class: "used"}, usedText(cell)));
  });
}

function scoreTable(rows, measure) {
  const marks = make("div", {class: "marks", "aria-hidden": "true"},
    [0, 25, 50, 75, 100].map((value) => make("span", {style: `left: ${onScale(value)}`}, value)));
  const header = make("thead", {}, make("tr", {},
    make("th", {scope: "col", class: "label"}, make("span", {class: "unseen"}, "set")),
    make("th", {scope: "col", class: "value"}, "score"),
    make("th", {scope: "col"}, make("span", {class: "unseen"}, measure), marks),
    make("th", {scope: "col", class: "range"}, "interval"),
    make("th", {scope: "col", class: "used"}, "used")));
  return make("table", {}, header, rows.map((row) => make("tbody", {}, scoreRows(row))));
}

function drawScores() {
  if (!data.scores) return;
  document.getElementById("scores").hidden = false;
  const groups = data.scores.groups.map((group) => {
    const details = group.rows.filter((row) => row.detail);
    return make("div", {class: "group"},
      make("h3", {}, group.title, make("span", {class: "unit"}, group.measure)),
      make("p", {}, group.note), runsKey(),
      scoreTable(group.rows.filter((row) => !row.detail), group.measure),
      details.length ? make("details", {}, make("summary", {}, `${details.length} sections`),
        scoreTable(details, group.measure)) : null);
  });
  document.getElementById("groups").append(...groups);
  document.getElementById("differences").append(...data.scores.differences.map(differenceTable));
}

function runsKey() {
  return runs.length < 2 ? null : make("ul", {class: "key"}, withVectors.map((run) => make("li", {}, runLabel(run))));
}

// A minus B on one scale, with zero in the middle.
function differenceTable(pair, index) {
  const a = withVectors[pair.a], b = withVectors[pair.b];
  const reach = Math.max(1, ...pair.rows.flatMap((row) => [row.low, row.high, row.difference]).map(Math.abs));
  const place = (value) => `${50 + (49 * value) / reach}%`;
  const rows = pair.rows.map((row) => {
    const winner = {A: a, B: b}[row.better];
    const verdict = winner != null ? `${runs[winner].name} is better`
      : row.p == null ? "too few to compare" : "no difference shown";
    const style = winner == null ? "--run: var(--soft)" : colour(winner);
    return make("tr", {},
      make("th", {scope: "row", class: "label"}, row.label),
      make("td", {class: "value"}, row.difference > 0 ? "+" : "", fixed(row.difference, 1)),
      make("td", {}, make("div", {class: "scale signed", "aria-hidden": "true", style},
        row.low == null ? null : make("i", {class: "bar", style: span(place(row.low), place(row.high))}),
        row.difference == null ? null : make("i", {class: "at", style: `left: ${place(row.difference)}`})),
        make("span", {class: "below"}, [range(row), verdict].filter(Boolean).join(": "))),
      make("td", {class: "range"}, range(row)),
      make("td", {class: winner == null ? "none" : "verdict"}, verdict));
  });
  const title = make("h3", {}, `${runs[a].name} minus ${runs[b].name}`,
    make("span", {class: "unit"}, "points, paired bootstrap"));
  const note = index ? null : make("p", {}, "On the pairs and questions that both know. A run is better where p, " +
    "corrected for the comparisons of this page (Holm), is below 0.05.");
  return make("div", {class: "group difference"}, title, note, make("table", {}, make("tbody", {}, rows)));
}
