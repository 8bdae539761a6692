"""The indexes of bodies, instruments and plans: one page of rows for each, which words, plan and kind narrow."""
