// The hand's part of a live figure: its controls choose one of the positions that were
// drawn ahead.  Nothing else is loaded, and no kernel is asked.
document.querySelectorAll(".live:not([data-ready])").forEach(figure => {
  figure.dataset.ready = "yes";
  const form = figure.querySelector("form"), play = form.querySelector(".play");
  const controls = [...form.querySelectorAll("[name]")];
  const moving = figure.querySelector(".moving"), words = figure.querySelector(".said");
  const status = figure.querySelector(".status"), goals = figure.querySelector("ul");
  const picture = figure.querySelector(".picture"), ground = figure.querySelector(".ground");
  const places = Object.entries(JSON.parse(ground?.dataset.places ?? "{}"));
  const pin = form.querySelector(".pin"), pinned = figure.querySelector(".pinned");
  const kept = figure.querySelector(".kept"), code = figure.querySelector(".code");
  const literals = Object.entries(JSON.parse(code?.dataset.values ?? "{}"));
  let positions, waiting, playing, held, before;
  if (matchMedia("(max-width: 560px)").matches) form.append(words);  // seen while one drags

  async function unpack() {
    const text = figure.querySelector(".positions").textContent.trim();
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const [elements, all] = await new Response(unzipped).json();
    positions = all.map(([numbers, ...rest]) =>
      [() => numbers.map(number => elements[number]).join("\n"), ...rest]);
  }

  const many = control => control.type == "range" ? +control.max + 1
    : control.type == "checkbox" ? 2 : control.options.length;
  const place = control => control.type == "range" ? +control.value
    : control.type == "checkbox" ? +control.checked : control.selectedIndex;
  const labels = slider => JSON.parse(slider.dataset.labels);

  function tick(met) {
    [...goals.children].forEach((goal, k) => goal.classList.toggle("met", met[k]));
  }

  function show() {
    for (const slider of form.querySelectorAll("[type=range]")) {
      const label = labels(slider)[slider.value];
      slider.setAttribute("aria-valuetext", label);
      slider.parentElement.querySelector(".number").value = label;
    }
    const here = places.map(([name, where]) => where[form.elements[name].value]);
    ground?.nextSibling.setAttribute("transform", `translate(${here})`);
    for (const script of code?.querySelectorAll("[open] pre") ?? []) {
      script.textContent = literals.reduce((text, [name, values]) => text.replace(
        RegExp(`^${name} = .*$`, "m"), `${name} = ${values[place(form.elements[name])]}`,
      ), script.textContent);
    }
    if (!positions) return;
    const at = controls.reduce((k, control) => k * many(control) + place(control), 0);
    const [svg, sentence, met] = positions[at];
    moving.innerHTML = svg();
    words.textContent = sentence;
    tick(met);
    clearTimeout(waiting);  // a screen reader hears where the hand rests
    waiting = setTimeout(() => { status.textContent = sentence; }, 500);
  }

  function nearest(slider, number, values = labels(slider)) {
    const off = values.map(value => Math.abs(value - number));
    slider.value = off.indexOf(Math.min(...off));
  }

  function stop() {
    clearInterval(playing);
    playing = undefined;
    if (play) { play.textContent = "▶"; play.setAttribute("aria-label", play.dataset.play); }
  }

  form.addEventListener("input", event => {
    if (!event.target.classList.contains("number")) { stop(); show(); }
  });
  form.addEventListener("change", event => {
    if (!event.target.classList.contains("number")) return;
    const number = parseFloat(event.target.value.replace(",", "."));
    if (!isNaN(number)) nearest(event.target.parentElement.querySelector("[type=range]"), number);
    show();  // what is no number gives way to the slider's
  });
  // What is pinned stays, pale and dashed, with its sentence, while the hand moves on.
  function hold(on) {
    pin.setAttribute("aria-pressed", on);
    kept.textContent = on ? words.textContent : "";
    pinned.innerHTML = on
      ? moving.innerHTML.replace(/( id="|href="#|url\(&quot;#|url\(#)/g, "$1pinned-") : "";
  }
  pin.addEventListener("click", () => hold(pin.getAttribute("aria-pressed") != "true"));
  code?.addEventListener("toggle", show, true);  // folded code does not follow the hand
  code?.addEventListener("click", ({target}) => {
    if (target.type != "button") return;
    const script = target.nextSibling;
    getSelection().selectAllChildren(script);  // where there is no clipboard, Ctrl+C
    navigator.clipboard?.writeText(script.textContent).catch(() => {});
  });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => { stop(); hold(false); setTimeout(show); });
  // Front ends and slides have keys of their own, and some take them on the way down.
  addEventListener("keydown", event => {
    if (!figure.contains(event.target)) return;
    if (event.key == "Enter" && event.target.classList.contains("number")) event.target.blur();
    event.stopPropagation();
  }, true);
  // A click or a drag on the ground moves the two sliders of its axes; a finger that
  // scrolls the page moves nothing.
  function choose({clientX, clientY}) {
    const box = held.getBoundingClientRect(), view = held.viewBox.baseVal;
    const scale = view.width / box.width;
    const at = [view.x + scale * (clientX - box.left), view.y + scale * (clientY - box.top)];
    places.forEach(([name, where], k) => nearest(form.elements[name], at[k], where));
    stop();
    show();
  }
  picture.addEventListener("pointerdown", event => {
    held = event.target.closest("svg");  // only the ground lets itself be touched
    before = places.map(([name]) => form.elements[name].value);
    if (held) picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointercancel", () => {  // the page scrolls
    if (held) places.forEach(([name], k) => { form.elements[name].value = before[k]; });
    held = null;
    show();
  });
  picture.addEventListener("pointermove", event => { if (held) choose(event); });
  picture.addEventListener("pointerup", event => { if (held) choose(event); held = null; });
  play?.addEventListener("click", () => {
    if (playing) return stop();
    const slider = [...form.querySelectorAll("[type=range]")].at(-1);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;  // five pictures
    if (slider.value == slider.max) slider.value = 0;
    play.textContent = "⏸";
    play.setAttribute("aria-label", play.dataset.pause);
    playing = setInterval(() => {
      slider.value = +slider.value + (calm ? Math.ceil(slider.max / 5) : 1);
      show();
      if (slider.value == slider.max || !figure.isConnected) stop();
    }, calm ? 1000 : Math.max(50, 5000 / many(slider)));
  });

  // A link can say where the controls are: #race?lr=0.1
  function follow() {
    const [name, values] = decodeURIComponent(location.hash.slice(1)).split("?");
    if (name != figure.id || !values) return;
    for (const [key, value] of new URLSearchParams(values)) {
      const control = controls.find(control => control.name == key);
      if (control?.type == "range") nearest(control, +value);
      else if (control?.type == "checkbox") control.checked = value == "on";
      else if (control) {
        const option = [...control.options].find(({text}) => text.startsWith(value));
        if (option) option.selected = true;
      }
    }
    show();
    figure.scrollIntoView();
  }

  tick(JSON.parse(goals.dataset.met));
  unpack().then(() => { follow(); addEventListener("hashchange", follow); show(); });
});
