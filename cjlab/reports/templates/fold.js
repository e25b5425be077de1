"use strict";
// The page is whole without this script: the boxes with numbers stand open, the empty charts are hidden.
document.documentElement.classList.add("live");
for (const numbers of document.querySelectorAll("details.numbers")) numbers.open = false;
const folded = [];
addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll("details:not([open])")) { box.open = true; folded.push(box); }
});
addEventListener("afterprint", () => {
  for (const box of folded.splice(0)) box.open = false;
});
