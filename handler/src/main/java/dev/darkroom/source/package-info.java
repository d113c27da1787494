/** Reading of the images and LoRAs that jobs name: from base64, guarded URLs and allowed folders. */
@NullMarked
package dev.darkroom.source;

import org.jspecify.annotations.NullMarked;
