/** What files say of how their pictures came about, and what can be found out about files from anywhere. */
@NullMarked
package dev.darkroom.provenance;

import org.jspecify.annotations.NullMarked;
