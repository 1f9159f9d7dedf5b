// Search over INDEX ([title, address, summary, text]): every word must occur, titles weigh most, and
// what has the words side by side comes before what has them anywhere.
// SPDX-License-Identifier: MIT
const box = document.getElementById("search"), found = document.getElementById("found");

function score([title, , summary, text], terms) {
  const name = title.toLowerCase();
  const phrase = terms.join(" ");
  let sum = terms.length < 2 ? 0 : name.includes(phrase) || name.endsWith(terms.join("")) ? 200
    : (summary.toLowerCase() + " " + text).includes(phrase) ? 50 : 0;
  for (const term of terms) {
    if (name === term || name.endsWith("." + term) || name.endsWith(":" + term)) sum += 100;
    else if (name.includes(term)) sum += 20;
    else if (summary.toLowerCase().includes(term)) sum += 5;
    else if (text.includes(term)) sum += 1;
    else if (!name.endsWith(phrase.replaceAll(" ", ""))) return 0;
  }
  return sum;
}

function show() {
  const terms = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = terms.length ? INDEX.map(row => [score(row, terms), row]).filter(([s]) => s > 0) : [];
  rows.sort((a, b) => b[0] - a[0]);
  found.textContent = "";
  for (const [, [title, address, summary]] of rows.slice(0, 20)) {
    const link = document.createElement("a"), small = document.createElement("small");
    link.href = address;
    link.textContent = title;
    small.textContent = summary;
    link.append(small);
    found.append(link);
  }
  if (terms.length && !rows.length) found.textContent = "Nothing found.";
  found.hidden = !terms.length;
}

box.addEventListener("input", show);
box.addEventListener("keydown", event => {
  const first = found.querySelector("a");
  if (event.key === "Enter" && first) location.href = first.href;
  if (event.key === "Escape") { box.value = ""; show(); }
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
});
if (location.hash.startsWith("#search=")) {
  box.value = decodeURIComponent(location.hash.slice(8));
  show();
}
// The contents are open where there is room for them.
const contents = document.querySelector("nav details");
if (contents && matchMedia("(min-width: 62em)").matches) contents.open = true;
