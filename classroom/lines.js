// Lines to be put in order, where no widget can be: puzzles.py says what they are,
// rules.js what is told of them.  After progress.js, which has `add`.
function putInOrder(place, {lines: question, how, given}) {
  let places = given.filter(({why}) => !why).map(() => null);
  place.classList.add("lines");
  const group = add(place, "fieldset");
  add(group, "legend", question);
  add(group, "p", how);
  const buttons = given.map((_, k) => add(group, "button", "", {type: "button"}));
  const list = add(place, "ol");
  const told = add(place, "p", "", {className: "reply", role: "status"});

  function draw() {
    buttons.forEach((button, k) => {
      const number = places.indexOf(k) + 1;
      button.textContent = `${number ? `${number}. ` : ""}${given[k].line}`;
      button.ariaPressed = String(number > 0);
    });
    list.replaceChildren();
    places.forEach(k => add(list, "li", k === null ? "…" : given[k].line));
  }

  buttons.forEach((button, k) => button.addEventListener("click", () => {
    places = put(places, k);
    told.textContent = ordered(given, places, k);
    told.dataset.mark = told.textContent[0];
    draw();
  }));
  draw();
}
