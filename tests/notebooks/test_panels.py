"""Where pictures of several panels are cut for a phone."""

import io

import pytest
from matplotlib.figure import Figure

from tools.site.panels import panels


def drawn(count, legend):
    """Return a PNG with so many panels, and perhaps a legend below all of them."""
    fig = Figure(figsize=(9, 3.6), layout="constrained")
    axes = fig.subplots(1, count, squeeze=False)[0]
    for ax in axes:
        ax.plot([0, 1], label="a line")
        ax.plot([1, 0], "o", label="points with a name as long as this")
        ax.set(title="A title", xlabel="step", ylabel="cost")
    if legend:
        handles, names = axes[0].get_legend_handles_labels()
        fig.legend(handles, names, loc="outside lower center", ncols=2, frameon=False)
    fig.savefig(file := io.BytesIO(), dpi=200)
    return file.getvalue()


@pytest.mark.parametrize("legend", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_picture_is_cut_between_panels_and_entries_of_its_legend(count, legend):
    found = panels(drawn(count, legend))
    if count == 1:
        assert found == []
        return
    above = [panel for panel in found if panel[1] == 0]
    assert len(above) == count and len(found) - count == 2 * legend
    assert sum(width for _x, _y, width, _height in above) == 1800
    for k, (x, _y, width, _height) in enumerate(above):
        assert abs(x + width / 2 - 1800 * (k + 0.5) / count) < 60
    assert {y + height for _x, y, _width, height in found} <= {found[0][3], 720}
