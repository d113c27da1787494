/** What the surroundings set: every variable that is ours is known, and makes sense, before anything else begins. */
@NullMarked
package dev.darkroom.settings;

import org.jspecify.annotations.NullMarked;
