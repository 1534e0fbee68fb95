/* SPDX-License-Identifier: MIT */
/* The Huffman tables that ITU-T T.81 gives as typical (K.3 to K.6), which most encoders use. */
#ifndef EXN_JPEG_STANDARD_TABLES_H
#define EXN_JPEG_STANDARD_TABLES_H

#include "span.h"

/* Whether a DHT segment (T.81, B.2.4.2) holds only these and changes no slot. slots: which of them
 * each of the 2 x 4 slots holds, by class and number, counted from 1; 0: none yet. */
bool exn_standard_tables_only(exn_span payload, uint8_t slots[2][4]);

#endif
