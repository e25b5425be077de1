"use strict";
// The page is whole without this script: the boxes with numbers stand open, the empty charts are hidden.
document.documentElement.classList.add("live");
for (const numbers of document.querySelectorAll("details.numbers")) numbers.open = false;
// On paper all that is folded stands open at the end, in one appendix; afterwards everything returns to its place.
const moved = [];
addEventListener("beforeprint", () => {
  const appendix = document.querySelector(".more");
  for (const box of moved.length ? [] : document.querySelectorAll("details")) {
    const place = document.createComment("");
    moved.push({ box, place, open: box.open });
    box.before(place);
    box.open = true;
    appendix.append(box);
  }
});
addEventListener("afterprint", () => {
  for (const { box, place, open } of moved.splice(0)) {
    place.replaceWith(box);
    box.open = open;
  }
});
