/** Which addresses of the network this worker may call on behalf of others. */
@NullMarked
package dev.darkroom.net;

import org.jspecify.annotations.NullMarked;
