// Puts an interactive chart in the place of each drawn one as it comes near the screen; the drawn one stays if anything fails.
(function () {
  "use strict";
  function upgrade(script) {
    var figure = document.getElementById(script.dataset.for);
    var plot = figure.querySelector(".plot");
    var drawn = plot.querySelector("svg");
    var stage = document.createElement("div");
    Promise.resolve()
      .then(function () {
        return window.qmsreportEmbed(stage, JSON.parse(script.textContent), { actions: false, renderer: "svg", ast: true, mode: "vega-lite" });
      })
      .then(function () {
        // one image with one text, as the drawn one: the embedder gives the stage a role of its own
        stage.setAttribute("role", "img");
        stage.setAttribute("aria-label", drawn.querySelector("title").textContent + ". " + drawn.querySelector("desc").textContent);
        plot.replaceChildren(stage);
        figure.dataset.interactive = "yes";
      })
      .catch(function () { figure.dataset.interactive = "no"; });
  }
  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) { return; }
      watcher.unobserve(entry.target);
      entry.target.querySelectorAll("script.spec").forEach(upgrade);
    });
  }, { rootMargin: "400px" });
  document.fonts.ready.then(function () {
    document.querySelectorAll("figure.chart").forEach(function (figure) { watcher.observe(figure); });
  });
})();
