// How far a reader is, as a list: of what the course asks (progress.py) and of what is
// kept, in a notebook by the kernel, on a page by the browser.  After rules.js.

function add(parent, tag, text = "", properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  element.textContent = text;
  parent.append(element);
  return element;
}

// Of each part of the record: whether an entry is not known to be wrong, and if it is,
// why to look again.
const PARTS = {
  predictions: {
    isFine: entry => entry.outcome === undefined || isRight(entry),
    why: ({answer, outcome}) => say("prediction_again", {answer,
      outcome: typeof outcome == "number" ? short(outcome, 4) : outcome}),
  },
  quiz: {
    isFine: ({answer, right}) => answer === right,
    why: ({answer}) => say("quiz_again", {answer}),
  },
  exercises: {
    isFine: ({passed}) => passed,
    why: ({mistakes}) => Object.keys(mistakes).at(-1) ?? "",
  },
};

// How far a notebook is, as a sentence, and [[name, asked, why to look again], ...].
function howFar(notebook, record) {
  const counts = [], again = [];
  let total = 0, count = 0;
  for (const [part, {isFine, why}] of Object.entries(PARTS)) {
    const questions = Object.entries(notebook[part]), before = count;
    if (part in record) total += questions.length;
    for (const [name, asked] of questions) {
      const entry = record[part]?.[name];
      if (!entry || part == "predictions" && !isMade(entry)) continue;
      const changed = entry.mark !== asked.mark, fine = isFine(entry);
      if (!changed && (fine || part != "exercises")) count += 1;
      if (changed || !fine) again.push([name, asked, changed ? say("changed") : why(entry)]);
    }
    const sentence = part in record ? part : "exercises_elsewhere";
    if (questions.length)
      counts.push(say(sentence, {made: count - before, there: questions.length}));
  }
  const state = count == total ? "done" : count || again.length ? "open" : "new";
  return [`${say(state)}: ${counts.join(", ")}`, again];
}

// How sure the reader was over the whole course, and how right.
function howSure(predictions) {
  const answers = Object.values(predictions).filter(
    entry => entry.sure && entry.outcome !== undefined && isMade(entry));
  if (!answers.length) return "";
  const percent = share => Math.round(
    100 * answers.reduce((sum, entry) => sum + share(entry), 0) / answers.length);
  return say("course", {sure: percent(({sure}) => sure), right: percent(isRight)})
    + calibration(answers);
}

// Put the list in a place.  link: the address of a question, with {file}, and {mark} or
// {cell} after the #.  A link that stands there already is moved, see progress.py.
function showProgress(place, course, record, link) {
  const links = [...place.querySelectorAll("a")];
  const lead = (parent, text, href) => parent.append(
    links.find(a => a.dataset.address == href && a.textContent == text)
      ?? add(parent, "a", text, {href}));
  place.replaceChildren();
  const list = add(place, "ul");
  for (const notebook of course) {
    const [sentence, again] = howFar(notebook, record);
    const item = add(list, "li", `${notebook.file.slice(0, 2)} `);
    lead(item, notebook.title, fill(link, notebook).split("#")[0]);
    item.append(` – ${sentence}`);
    if (!again.length) continue;
    add(item, "div", say("again"));
    const sublist = add(item, "ul");
    for (const [name, asked, why] of again) {
      const line = add(sublist, "li");
      lead(line, asked.title ?? name, fill(link, {...notebook, ...asked}));
      line.append(`: ${why}`);
    }
  }
  const names = Object.keys(PARTS).flatMap(part => Object.keys(record[part] ?? {}).filter(
    name => !course.some(notebook => name in notebook[part])));
  const gone = names.length ? say("gone", {names: names.join("; ")}) : "";
  for (const text of [howSure(record.predictions), gone]) if (text) add(place, "p", text);
}
