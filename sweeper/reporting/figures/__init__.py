"""Figure values drawn as SVG. Each figure is drawn twice, for wide and narrow screens, so that its text keeps its size."""
