// In JupyterLite a run that waits says for what: Python comes before the first cell.
{
  const SAID = {
    en: "No cell has ended for ten seconds. Before the first one can run, Python (35 MB) "
      + "comes into your browser from this site, once. Nothing for minutes? Then it "
      + "does not come: try again with a better network.",
    es: "Desde hace diez segundos no ha terminado ninguna celda. Antes de la primera, "
      + "Python (35 MB) llega a tu navegador desde este sitio, una sola vez. ¿Nada en "
      + "varios minutos? Entonces no llega: inténtalo con una red mejor.",
  };
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.style = "position: fixed; bottom: 0; left: 0; right: 0; z-index: 99; margin: 0;"
    + "padding: 1em; background: #fff3cd; color: black; font: 16px sans-serif";
  let before = 0, since;
  setInterval(() => {
    const running = [...document.querySelectorAll(".jp-InputPrompt")].filter(
      prompt => prompt.textContent.includes("*")).length;
    if (running != before) [before, since] = [running, Date.now()];
    const late = running && Date.now() - since > 10_000;
    const language = /notebooks\/es\//.test(location.search) ? "es" : "en";
    status.textContent = late ? SAID[language] : "";
    status.hidden = !late;
    if (!status.isConnected) document.body.append(status);
  }, 1000);
}
