/** How content credentials say which MP4 file they are about. */
@NullMarked
package dev.darkroom.credentials.bmff;

import org.jspecify.annotations.NullMarked;
