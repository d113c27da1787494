/** Checks of the settings: every variable that begins as ours do is known, and makes sense, before anything else begins. */
@NullMarked
package dev.darkroom.settings;

import org.jspecify.annotations.NullMarked;
