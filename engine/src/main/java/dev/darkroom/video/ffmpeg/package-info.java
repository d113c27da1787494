/** FFmpeg's executables: where they come from, and how they are run within limits. */
@NullMarked
package dev.darkroom.video.ffmpeg;

import org.jspecify.annotations.NullMarked;
