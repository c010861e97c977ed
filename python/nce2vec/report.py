"""What a notebook shows of a training."""

import html
import math

_LOSS, _HELDOUT = "#4269d0", "#ff725c"  # the colors of the lines, and of the columns' names


def _polyline(points, width, height, low, high, color):
    if not points:
        return ""
    step = width / max(len(points) - 1, 1)
    span = (high - low) or 1
    places = " ".join(f"{i * step:.1f},{height - (value - low) / span * height:.1f}" for i, value in enumerate(points))
    return f'<polyline points="{places}" fill="none" stroke="{color}" stroke-width="2"/>'


def history_html(epochs):
    """A table of epochs, with a plot of the losses."""
    if not epochs:
        return "<p>No epoch has ended yet.</p>"
    heldout = [end.heldout_loss for end in epochs if not math.isnan(end.heldout_loss)]
    losses = [end.loss for end in epochs if not math.isnan(end.loss)]
    low, high = min(losses + heldout, default=0), max(losses + heldout, default=1)
    plot = (f'<svg viewBox="-4 -4 308 108" width="308" height="108" role="img" aria-label="loss by epoch">'
            f'{_polyline(losses, 300, 100, low, high, _LOSS)}'
            f'{_polyline(heldout, 300, 100, low, high, _HELDOUT)}</svg>')
    head = (f'<tr><th>epoch</th><th style="color:{_LOSS}">loss</th>' +
            (f'<th style="color:{_HELDOUT}">held-out loss</th>' if heldout else "") + "<th>seconds</th></tr>")
    rows = "".join(
        f"<tr><td>{end.epoch}</td><td>{end.loss:.4f}</td>" +
        (f"<td>{html.escape(f'{end.heldout_loss:.4f}')}</td>" if heldout else "") + f"<td>{end.seconds:.1f}</td></tr>"
        for end in epochs)
    return f"{plot}<table>{head}{rows}</table>"
