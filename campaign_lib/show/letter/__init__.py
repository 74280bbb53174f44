"""An official report as a Word document, in the layout of Decree 30/2020/NĐ-CP (Appendix I).

A4, Times New Roman, the issuing body and the national title side by side, number and date, the
subject, the text, recipients and signature; page numbers top centre from the second page. What a
person must decide or sign stays blank.
"""

from campaign_lib.show.letter.document import Letter, write_letter

__all__ = ["Letter", "write_letter"]
