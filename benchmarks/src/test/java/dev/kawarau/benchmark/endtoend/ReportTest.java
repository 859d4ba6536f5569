package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The page, the charts and the raw numbers. */
class ReportTest {

    private static final Case ONE = new Case("get", 64, 1, 1);
    private static final Case FIFTY = new Case("get", 64, 50, 16);
    private static final Case LARGE = new Case("set", 4096, 500, 64);
    private static final List<String> PEERS = List.of(Peer.DIRECT, Peer.KAWARAU, Peer.TWEMPROXY, Peer.BARE_RELAY);

    private final Report report = new Report(Map.of("Machine", "2 processors"), List.of(ONE, FIFTY, LARGE), PEERS);
    private final Results results = results();

    private static Results results() {
        Results results = new Results();
        ProcessHandle process = ProcessHandle.current();
        for (Case load : List.of(ONE, FIFTY)) {
            results.add(load, Peer.direct(1), new Run(1_200_000, 55, 90, null, 0.5));
            results.add(load, new Peer(Peer.KAWARAU, 2, process), new Run(900_000, 80, 1234.4, 0.7, 0.4));
            results.add(load, new Peer(Peer.TWEMPROXY, 3, process), new Run(300_000, 90, 200, 2.8, 0.4));
            results.add(load, new Peer(Peer.BARE_RELAY, 4, process), new Run(1_000_000, 75, 100, 0.35, 0.4));
        }
        results.fail(LARGE, new Peer(Peer.TWEMPROXY, 3, process), "Error:\n  closed");
        return results;
    }

    @Test
    void theTableHasARowForEachCaseAndPeer() {
        assertThat(report.markdown(results))
                .contains("## GET, 64 B\n")
                .contains("| 50 | 16 | direct | 1,200,000 | 0% | 55 | 90 | - | 0.50 | 1.00 | 4.00 | 1.20 | - | - |\n")
                .contains(
                        "| 50 | 16 | **Kawarau** | 900,000 | 0% | 80 | 1,234 | 0.70 | 0.40 | 0.75 | 3.00 | 0.90 | 0.25 | 2.00 |\n");
    }

    @Test
    void allRowsOfATableHaveAsManyCellsAsItsHeader() {
        int cells = 0;
        for (String line : report.markdown(results).lines().toList()) {
            int here = line.startsWith("|") ? line.split("\\|", -1).length : 0;
            assertThat(cells == 0 || here == 0 || here == cells).as(line).isTrue();
            cells = here;
        }
    }

    @Test
    void theFirstTableHasTheRatiosOfKawarausMediansToTwemproxyAndTheFloor() {
        assertThat(report.markdown(results))
                .contains("## Kawarau in short: GET, 64 B, 50 connections\n")
                .contains("| requests/s | 16 | 900,000 | 300,000 | 1,000,000 | 3.00 | 0.90 |\n")
                .contains("| CPU, us/request | 16 | 0.70 | 2.80 | 0.35 | 0.25 | 2.00 |\n");
    }

    @Test
    void theSecondTableHasTheLatencyOfOneClientBesideHaproxy() {
        results.add(ONE, new Peer(Peer.HAPROXY, 5, ProcessHandle.current()), new Run(1_000_000, 64, 100, 3.0, 0.4));
        assertThat(report.markdown(results))
                .contains("## Kawarau in short: GET, 64 B, 1 connection\n")
                .contains("| p50, us | 1 | 80 | 64 | 1.25 |\n")
                .contains("| mean, us | 1 | 1 | 1 | 1.11 |\n");
    }

    @Test
    void withoutItsCasesThereIsNoShortTable() {
        assertThat(new Report(Map.of(), List.of(LARGE), PEERS).markdown(results))
                .doesNotContain("in short");
    }

    @Test
    void theTableOfAllCasesHasTheRatiosOfKawarau() {
        assertThat(report.markdown(results))
                .contains("| GET, 64 B, 1 connection, pipeline of 1 | 0.75 | 3.00 | 0.90 | 0.25 | 2.00 |\n")
                .contains("| SET, 4 KiB, 500 connections, pipeline of 64 | - | - | - | - | - |\n");
    }

    @Test
    void whatFailedIsSaidInOneLineAndShownAsDashes() {
        assertThat(report.markdown(results))
                .contains("- twemproxy, SET, 4 KiB, 500 connections, pipeline of 64: Error: closed\n")
                .contains("| 500 | 64 | twemproxy | - | - | - | - | - | - | - | - | - | - | - |\n");
    }

    @Test
    void everyChartThatThePageShowsIsWritten() {
        assertThat(report.charts(results).keySet())
                .containsExactly("get-64-rate.svg", "get-64-cpu.svg", "set-4096-rate.svg", "set-4096-cpu.svg")
                .allSatisfy(file -> assertThat(report.markdown(results)).contains("](" + file + ")"));
    }

    @Test
    void theChartsAreWellFormedAndSayEveryValueInWords() throws Exception {
        Document rate = parsed(report.charts(results).get("get-64-rate.svg"));
        assertThat(texts(rate))
                .contains("GET, 64 B: requests per second", "50 connections, pipeline of 16", "Kawarau", "900,000");
        Document cpu = parsed(report.charts(results).get("get-64-cpu.svg"));
        assertThat(texts(cpu)).contains("0.70", "2.80").doesNotContain(Peer.DIRECT);
    }

    @Test
    void theLongestBarIsThatOfTheHighestValueAndTheOthersAreInProportion() throws Exception {
        NodeList bars = parsed(report.charts(results).get("get-64-rate.svg")).getElementsByTagName("rect");
        List<Double> widths = new ArrayList<>();
        for (int i = 1; i <= PEERS.size(); i++) { // the first one is the background
            widths.add(Double.valueOf(
                    bars.item(i).getAttributes().getNamedItem("width").getNodeValue()));
        }
        assertThat(widths.get(0)).isPositive();
        assertThat(widths.get(1) / widths.get(0)).isEqualTo(0.75);
        assertThat(widths.get(2) / widths.get(0)).isEqualTo(0.25);
    }

    @Test
    void whatSvgWouldTakeForMarkupIsEscaped() throws Exception {
        String svg = Chart.svg(
                "a < b & \"c\"",
                "",
                List.of(new Chart.Panel("<panel>", List.of(new Chart.Bar("&amp;", 0, "]]>", false)))),
                1);
        assertThat(texts(parsed(svg))).contains("a < b & \"c\"", "<panel>", "&amp;", "]]>");
    }

    @Test
    void theRawNumbersHaveALineForEachRun() {
        assertThat(report.csv(results).lines())
                .hasSize(1 + 2 * PEERS.size())
                .contains("get,64,50,16,direct,1,1200000,55,90,,0.500")
                .contains("get,64,50,16,Kawarau,1,900000,80,1234,0.700,0.400");
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
    }

    private static List<String> texts(Document svg) {
        NodeList nodes = svg.getElementsByTagNameNS("http://www.w3.org/2000/svg", "text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }
}
