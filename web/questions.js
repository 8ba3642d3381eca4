// Questions on a page without a kernel.  What is said is what utils/questions.py says;
// answers are kept in this browser, and go nowhere.
addEventListener("DOMContentLoaded", () => {
  const KEY = "sgd-adam answers", RIGHT = "✓ Right:", WRONG = "✗ Not quite:";
  const outcomes = {}, redraw = [];
  let answers = {};
  try { answers = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { /* none yet */ }

  function keep(question, what, value) {
    answers[question] = {...answers[question], [what]: value};
    try { localStorage.setItem(KEY, JSON.stringify(answers)); } catch { /* not allowed */ }
    redraw.forEach(draw => draw());
  }

  function add(parent, tag, text = "", properties = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  function reply(parent, say) {
    const said = add(parent, "p", "", {className: "reply"});
    said.setAttribute("role", "status");
    redraw.push(() => {
      const text = say();
      if (said.textContent != text) said.textContent = text;
      said.dataset.mark = text[0] ?? "";
    });
  }

  function radios(parent, legend, options, chosen, choose) {
    const group = add(parent, "fieldset");
    add(group, "legend", legend);
    const name = `asked-${radios.count = (radios.count ?? 0) + 1}`;
    for (const [text, value] of options) {
      const label = add(group, "label");
      const input = add(label, "input", "", {type: "radio", name, checked: value === chosen});
      label.append(" " + text);
      input.addEventListener("change", () => choose(value));
    }
  }

  const number = text => 0 < Number(text) && Number(text) < Infinity ? Number(text) : null;
  const factor = (a, b) => Math.max(a / b, b / a);
  const short = (value, digits) => String(Number(value.toPrecision(digits)));

  function judge(question) {
    const {answer, sure} = answers[question] ?? {}, {outcome, within} = outcomes[question] ?? {};
    const given = typeof outcome == "number" ? number(answer) : answer ?? null;
    const off = typeof outcome == "number" && given ? factor(given, outcome) : null;
    return {given, sure, off, right: off === null ? given === outcome : off <= within};
  }

  function predict(place, {predict: question, options, within, sure}) {
    outcomes[question] = {...outcomes[question], within};
    const {answer, sure: level} = answers[question] ?? {};
    if (options.length) {
      const pairs = options.map(option => [option, option]);
      radios(place, question, pairs, answer, value => keep(question, "answer", value));
    } else {
      const label = add(place, "label", question + " ", {className: "number"});
      const box = add(label, "input", "", {value: answer ?? "", inputMode: "decimal"});
      box.addEventListener("change", () => keep(question, "answer", box.value));
      reply(place, () => {
        const given = answers[question]?.answer;
        return given && number(given) === null
          ? `'${given}' is no positive number: write 0.02 or 2e-2.` : "";
      });
    }
    radios(place, "How sure?", sure, level, value => keep(question, "sure", value));
    place.lastChild.className = "row";
  }

  function reveal(place, {reveal: question, outcome, came}) {
    outcomes[question] = {...outcomes[question], outcome};
    reply(place, () => {
      const {given, off, right} = judge(question);
      if (given === null) return `The answer is ${came}.`;
      const by = off === null ? "" : `, off by a factor of ${short(off, 3)}`;
      return `${right ? RIGHT : WRONG} you said ${answers[question].answer}; it was ${came}${by}.`;
    });
  }

  function calibration(judged) {
    if (!judged.length) return "";
    const right = judged.filter(one => one.right).length;
    const expected = judged.reduce((sum, {sure}) => sum + sure, 0);
    const spread = Math.sqrt(judged.reduce((sum, {sure}) => sum + sure * (1 - sure), 0));
    const advice = Math.abs(right - expected) <= spread ? "well judged"
      : right < expected ? "you are too sure" : "you can be surer";
    return ` As sure as you were, ${short(expected, 2)} ± ${short(spread, 2)} of `
      + `${judged.length} should come true; ${right} did: ${advice}.`;
  }

  function score(place, {score: questions}) {
    reply(place, () => {
      const made = questions.map(judge).filter(one => one.given !== null);
      if (!made.length) return "You made no prediction. Make one: this line follows.";
      const right = made.filter(one => one.right).length;
      return `${right} of ${made.length} predictions right.` + calibration(made.filter(one => one.sure));
    });
  }

  function quiz(place, {quiz: questions}) {
    const first = question => answers[question]?.first;
    for (const [question, options, right] of questions) {
      const pairs = Object.keys(options).map(option => [option, option]);
      radios(place, question, pairs, answers[question]?.answer, value => {
        if (first(question) === undefined) keep(question, "first", value);
        keep(question, "answer", value);
      });
      reply(place, () => {
        const chosen = answers[question]?.answer;
        return chosen in options ? `${chosen === right ? RIGHT : WRONG} ${options[chosen]}` : "";
      });
    }
    reply(place, () => {
      const done = questions.filter(([question]) => first(question) !== undefined);
      const right = done.filter(([question, , answer]) => first(question) === answer);
      return `${done.length} of ${questions.length} answered, ${right.length} right at once.`;
    });
  }

  const kinds = {predict, reveal, score, quiz};
  for (const place of document.querySelectorAll("[data-asked]")) {
    const data = JSON.parse(place.dataset.asked);
    place.replaceChildren();
    Object.keys(kinds).filter(kind => kind in data).forEach(kind => kinds[kind](place, data));
  }
  redraw.forEach(draw => draw());
});
