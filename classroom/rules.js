// What is right, how far off it is, and what a reader is told of it: rules.py, function
// by function, for a page without a kernel.  SENTENCES come before (rules.script).

const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
const say = (name, fields) => fill(SENTENCES[name], fields);

function positive(text) {
  const isNumber = /^\s*\+?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*$/i.test(text);
  const number = isNumber ? Number(text) : 0;
  return 0 < number && number < Infinity ? number : null;
}

const short = (value, digits) => String(Number(value.toPrecision(digits)));
const isMade = ({answer, outcome}) =>
  typeof outcome == "number" ? positive(answer) !== null : answer != null;

function isRight(entry) {
  if (typeof entry.outcome != "number") return entry.answer === entry.outcome;
  return isMade(entry) && off(entry) <= (entry.within ?? 2);
}

function off({answer, outcome}) {
  const number = positive(answer);
  return Math.max(number / outcome, outcome / number);
}

const reply = (right, words) => `${say(right ? "right" : "wrong")} ${words}`;

function verdict(entry, came) {
  if (!isMade(entry)) return say("outcome", {came});
  const words = typeof entry.outcome == "string" ? say("verdict", {...entry, came})
    : say("verdict_number", {...entry, came, off: short(off(entry), 3)});
  return reply(isRight(entry), words);
}

function score(entries) {
  const answers = entries.filter(isMade), right = answers.filter(isRight).length;
  if (!answers.length) return say("no_prediction");
  return say("score", {right, made: answers.length}) + calibration(answers);
}

function calibration(entries) {
  const answers = entries.filter(({sure}) => sure), right = answers.filter(isRight).length;
  if (!answers.length) return "";
  const expected = answers.reduce((sum, {sure}) => sum + sure, 0);
  const spread = Math.sqrt(answers.reduce((sum, {sure}) => sum + sure * (1 - sure), 0));
  const advice = Math.abs(right - expected) <= spread ? "well_judged"
    : right < expected ? "too_sure" : "surer";
  return say("calibration", {expected: short(expected, 2), spread: short(spread, 2), right,
    all: answers.length, advice: say(advice)});
}

function tally(entries) {
  const firsts = entries.filter(({first}) => first != null);
  const right = firsts.filter(({first, right}) => first === right).length;
  return say("tally", {done: firsts.length, all: entries.length, right});
}

function sheet(form, answers) {
  const letters = answers.map(k => k === null ? "-" : "ABCD"[k]).join("");
  const done = answers.filter(k => k !== null).length;
  return say("sheet", {done, all: answers.length, form, letters});
}

function put(places, line) {
  const free = places.indexOf(null);
  if (!places.includes(line) && free >= 0) return places.map((place, k) => k === free ? line : place);
  return places.map(place => place === line ? null : place);
}

function ordered(lines, places, pressed) {
  const done = {done: places.filter(place => place !== null).length, all: places.length};
  const {line: text} = lines[pressed], isFull = done.done === done.all;
  if (!places.includes(pressed)) return say(isFull ? "full" : "out", {line: text, ...done});
  if (!isFull)
    return say("placed", {number: places.indexOf(pressed) + 1, line: text, ...done});
  const there = new Set();
  for (const [k, place] of places.entries()) {
    const {line, needs = [], gives, why} = lines[place];
    const name = needs.find(need => !there.has(need));
    const fault = why ?? (name && say("asks", {what: name}));
    if (fault) return reply(false, say("line", {number: k + 1, line, why: fault}));
    there.add(gives);
  }
  return reply(true, say("in_order"));
}

function returning(quizzes) {
  const last = quizzes.length, chosen = [];
  const fixed = [1, 2, 4].map((back, k) => {
    const quiz = last - Math.min(back, last);
    return `${quiz} ${(2 * k + last) % quizzes[quiz].length}`;
  });
  const order = ([quiz, question]) => {
    const entry = quizzes[quiz][question];
    const fails = [entry.answer, entry.first].map(
      answer => answer != null && answer !== entry.right);
    const rank = [...fails, fixed.includes(`${quiz} ${question}`), true].indexOf(true);
    return [rank, chosen.filter(([one]) => one == quiz).length, -quiz, question];
  };
  const differ = (a, b) => a.map((part, k) => part - b[k]).find(Boolean) ?? 0;
  const left = quizzes.flatMap((quiz, q) => quiz.map((_, k) => [q, k]));
  while (chosen.length < 3 && left.length) {
    left.sort((a, b) => differ(order(a), order(b)));
    chosen.push(left.shift());
  }
  return chosen;
}

function markOf(...asked) {  // FNV-1a, as in record.py
  let number = 2166136261;
  for (const letter of JSON.stringify(asked))
    number = Math.imul(number ^ letter.codePointAt(0), 16777619) >>> 0;
  return number.toString(16).padStart(8, "0");
}
