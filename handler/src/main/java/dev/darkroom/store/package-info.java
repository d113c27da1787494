/** Delivery of finished pictures: in the answer, in buckets, in a folder that the worker serves, or kept for another try. */
@NullMarked
package dev.darkroom.store;

import org.jspecify.annotations.NullMarked;
