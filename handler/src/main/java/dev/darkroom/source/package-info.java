/** What jobs bring: images and LoRAs from base64, guarded URLs and allowed folders. */
@NullMarked
package dev.darkroom.source;

import org.jspecify.annotations.NullMarked;
