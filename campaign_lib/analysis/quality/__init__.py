"""How far a quarter's answers can be relied on: who was asked, what nobody knows, what clashes.

Functions from frames to frames; nothing here reads a file or says a word. The frame is always the
panel's frame of households (`indicators.panel`), one quarter of it unless a function says more.
"""
