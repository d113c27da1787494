package dev.darkroom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** A host is only as public as the most private of its addresses. */
class AllowedHostsTest {
    private static final InetAddress OUTSIDE = InetAddress.ofLiteral("93.184.216.34");
    private static final InetAddress INSIDE = InetAddress.ofLiteral("10.0.0.7");

    @Test
    void aHostGivesAllOfItsAddressesInOrder() throws UnknownHostException {
        InetAddress second = InetAddress.ofLiteral("93.184.216.35");

        assertThat(hosts(second, OUTSIDE).lookUp("pictures.test")).containsExactly(second, OUTSIDE);
    }

    @Test
    void onePrivateAddressAmongPublicOnesForbidsTheHost() {
        assertThatExceptionOfType(ForbiddenHostException.class)
                .isThrownBy(() -> hosts(OUTSIDE, INSIDE).lookUp("pictures.test"))
                .withMessage("pictures.test is not a public address");
    }

    @Test
    void thisMachineIsAllowedOnlyWhereAllHostsAre() throws UnknownHostException {
        assertThat(AllowedHosts.ALL.lookUp("127.0.0.1")).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
        assertThatExceptionOfType(ForbiddenHostException.class)
                .isThrownBy(() -> AllowedHosts.PUBLIC.lookUp("127.0.0.1"));
    }

    private static AllowedHosts hosts(InetAddress... addresses) {
        return new AllowedHosts(host -> addresses, AddressRules::isPublic);
    }
}
