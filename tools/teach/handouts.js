figure => {
  document.querySelectorAll("details").forEach(folded => folded.open = true);
  for (const jax of MathJax.Hub.getAllJax()) {
    const drawn = jax.SourceElement().previousElementSibling;
    drawn.querySelector(".MJX_Assistive_MathML")?.remove();
    drawn.querySelector(".mjx-math").removeAttribute("aria-hidden");
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", "TeX: " + jax.originalText.trim());
    const after = jax.SourceElement().nextSibling, mark = /^[.,;:!?)]+/;
    const end = after?.nodeType == 3 && after.data.match(mark);
    if (end) {  // the full stop after a formula begins no line
      const together = document.createElement("span");
      together.className = "together";
      drawn.before(together);
      together.append(drawn, end[0]);
      after.data = after.data.slice(end[0].length);
    }
  }
  for (const image of document.images) image.alt = figure + image.alt;
  for (const svg of document.querySelectorAll(".live svg.whole")) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", figure
      + svg.closest(".live").querySelector(".said").textContent);
  }
}
