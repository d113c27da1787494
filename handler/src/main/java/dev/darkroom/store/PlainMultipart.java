package dev.darkroom.store;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;

/** Removes the header with the object's size when parts are joined: storage other than Amazon's may refuse a header that it does not know. */
final class PlainMultipart implements ExecutionInterceptor {
    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        return context.request() instanceof CompleteMultipartUploadRequest complete
                ? complete.toBuilder().mpuObjectSize(null).build()
                : context.request();
    }
}
