/* Floor 1: Photoshop image resource blocks (Adobe Photoshop File Formats, "Image Resource Blocks"), as APP13 holds them. */
#ifndef EXN_METADATA_IRB_H
#define EXN_METADATA_IRB_H

#include "../bytes.h"

/* Appends irb (behind "Photoshop 3.0\0") to out without its thumbnails, resources 0x0409 and 0x040C, which show the picture unturned. All else
 * keeps its bytes; what is no resource ends the walk and is kept. *found: whether there was one. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_irb_drop_thumbnails(exn_span irb, exn_buffer *out, bool *found);

#endif
