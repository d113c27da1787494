/** Videos as files and as frames: writing while they are drawn, and reading what callers send, by FFmpeg in a process of its own. */
@NullMarked
package dev.darkroom.video;

import org.jspecify.annotations.NullMarked;
