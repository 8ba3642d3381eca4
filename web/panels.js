// On a phone the panels of a picture stand in a column, each as wide as is read without
// scrolling: classroom/pictures.py says, where it is drawn, what they are.
addEventListener("DOMContentLoaded", () => {
  if (innerWidth > 560) return;
  for (const picture of document.querySelectorAll("main img[class*=piece-]")) {
    const column = document.createElement("div");
    column.className = "column";
    column.setAttribute("role", "img");
    column.setAttribute("aria-label", picture.alt);
    for (const piece of picture.classList) {
      if (!piece.startsWith("piece-")) continue;
      const [x, y, width, height] = piece.slice(6).split("-");
      const [panel, image] = ["svg", "image"].map(
        kind => document.createElementNS("http://www.w3.org/2000/svg", kind));
      panel.setAttribute("viewBox", [x, y, width, height].join(" "));
      panel.style.width = `max(${0.357 * width}px, min(${0.4 * width}px, 100%))`;
      image.setAttribute("href", picture.src);
      panel.append(image);
      column.append(panel);
    }
    picture.replaceWith(column);
  }
});
