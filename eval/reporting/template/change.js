// The words that changed from the first run with vectors to the last.

function drawChange() {
  if (!data.change) return;
  const [first, last] = [withVectors[0], withVectors[withVectors.length - 1]], {change} = data;
  document.getElementById("change").hidden = false;
  document.querySelector("#change .lead").textContent = `From ${runs[first].name} to ${runs[last].name}: cosine ` +
    `distances of ${whole(change.frequent)} frequent words that both have. ` + (change.rotated
    ? `The second run's vectors were rotated onto the first's, by ${whole(change.shared)} words. ` : "") +
    "Of two runs on one text it is what they do not agree on.";
  for (const [title, entries] of [["Most changed", change.changed], ["Most stable", change.stable]])
    document.getElementById("changes").append(make("div", {class: "group"}, make("h3", {}, title,
      make("span", {class: "unit"}, "cosine distance")), make("table", {}, make("thead", {}, make("tr", {},
      make("th", {scope: "col", class: "label"}, "word"), make("th", {scope: "col", class: "value"}, "change"),
      make("th", {scope: "col"}, "nearest words"))), make("tbody", {}, entries.map((entry) => make("tr", {},
      make("th", {scope: "row", class: "label"}, entry.word), make("td", {class: "value"}, fixed(entry.change, 3)),
      make("td", {class: "near"}, nearWords(first, entry.then), nearWords(last, entry.now))))))));
}

function nearWords(run, words) {
  return make("p", {}, swatch(run), make("span", {class: "unseen"}, `${runs[run].name}: `), ` ${words.join(", ")}`);
}
