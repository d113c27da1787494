package dev.darkroom.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Public is what anyone on the internet reaches; the edges of each special range are tried from both sides. */
class AddressRulesTest {
    /** A range or two a line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0 0.1.2.3 0.255.255.255",
                "10.0.0.0 10.1.2.3 10.255.255.255",
                "100.64.0.0 100.100.100.200 100.127.255.255",
                "127.0.0.1 127.1.2.3 127.255.255.255",
                "168.63.129.16",
                "169.254.0.1 169.254.169.254 169.254.170.2 169.254.255.255",
                "172.16.0.0 172.17.0.1 172.31.255.255",
                "192.0.0.0 192.0.0.192 192.0.0.255 192.0.2.1 192.88.99.1",
                "192.168.0.1 192.168.255.255",
                "198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.7",
                "224.0.0.1 239.255.255.250",
                "240.0.0.1 255.255.255.254 255.255.255.255",
                ":: ::1 ::2 ::127.0.0.1 ::8.8.8.8",
                "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::ffff:0:8.8.8.8",
                "64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::",
                "64:ff9b:1::1 64:ff9b:1::8.8.8.8 64:ff9b:0:1::8.8.8.8",
                "100::1 1fff::1 4000::1 5f00::1",
                "2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1",
                "2001:db8::1 2001:db8:ffff::1 3fff::1 3fff:fff::1",
                "2002:7f00:1:: 2002:a00:1::1 2002:808:808::1",
                "fc00::1 fd00:ec2::254 fdff::1",
                "fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 feff::1",
                "ff00::1 ff02::1 ff0e::1 ffff::1"
            })
    void specialAddressesAreNotPublic(String addresses) {
        assertThat(each(addresses)).noneMatch(AddressRules::isPublic);
    }

    /** Those below and above a range or two a line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1 8.8.8.8",
                "9.255.255.255 11.0.0.0",
                "100.63.255.255 100.128.0.0",
                "126.255.255.255 128.0.0.0",
                "168.63.129.15 168.63.129.17",
                "169.253.255.255 169.255.0.0",
                "172.15.255.255 172.32.0.0",
                "192.0.1.0 192.0.3.0",
                "192.167.255.255 192.169.0.0",
                "198.17.255.255 198.20.0.0",
                "198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0",
                "223.255.255.255",
                "2000::1 2001:200::1 2001:4860:4860::8888",
                "2001:db7::1 2001:db9::1 2003::1",
                "2606:4700::1111 2a00:1450:4001:81b::2004",
                "3ffe::1 3fff:1000::1",
                "::ffff:8.8.8.8 64:ff9b::8.8.8.8"
            })
    void otherAddressesArePublic(String addresses) {
        assertThat(each(addresses)).allMatch(AddressRules::isPublic);
    }

    private static List<InetAddress> each(String addresses) {
        return List.of(addresses.split(" ", -1)).stream()
                .map(InetAddress::ofLiteral)
                .toList();
    }
}
