package dev.kawarau.benchmark.endtoend;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Panels of horizontal bars as SVG, for readers with and without colours. Each panel has a scale of its own. */
final class Chart {
    /**
     * @param value at least 0
     * @param text what stands at its end
     * @param marked whether it is the one to look at
     */
    record Bar(String label, double value, String text, boolean marked) {}

    /** @param bars from top to bottom */
    record Panel(String title, List<Bar> bars) {}

    private static final int MARGIN = 16;
    private static final int TITLE = 60;
    private static final int TITLE_WIDTH = 648;
    private static final int PANEL_WIDTH = 300;
    private static final int PANEL_TITLE = 26;
    private static final int BAR = 20;
    private static final int LABEL_WIDTH = 76;
    private static final int TEXT_WIDTH = 74;
    private static final int LONGEST = PANEL_WIDTH - LABEL_WIDTH - TEXT_WIDTH;

    private final XMLStreamWriter xml;

    private Chart(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /**
     * @param note a line under the title
     * @param panels row by row
     * @param columns panels side by side
     */
    static String svg(String title, String note, List<Panel> panels, int columns) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new Chart(xml).document(title, note, panels, columns);
            xml.close();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException(impossible);
        }
        return text.toString();
    }

    private void document(String title, String note, List<Panel> panels, int columns) throws XMLStreamException {
        int rows = (panels.size() + columns - 1) / columns;
        int most = panels.stream().mapToInt(panel -> panel.bars().size()).max().orElse(0);
        int panelHeight = PANEL_TITLE + most * BAR + MARGIN;
        int width = Math.max(TITLE_WIDTH, MARGIN + columns * (PANEL_WIDTH + MARGIN));
        int height = TITLE + rows * panelHeight + MARGIN;
        xml.writeStartElement("svg");
        xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
        attribute("viewBox", "0 0 " + width + " " + height);
        attribute("width", width);
        attribute("height", height);
        attribute("role", "img");
        attribute("font-family", "sans-serif");
        attribute("font-size", 12);
        attribute("fill", "#222222");
        element("title", title);
        rectangle(0, 0, width, height, "#ffffff");
        text(MARGIN, 26, 17, "start", title);
        text(MARGIN, 46, 12, "start", note);
        for (int i = 0; i < panels.size(); i++) {
            int x = MARGIN + i % columns * (PANEL_WIDTH + MARGIN);
            panel(x, TITLE + i / columns * panelHeight, panels.get(i));
        }
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void panel(int x, int y, Panel panel) throws XMLStreamException {
        text(x, y + PANEL_TITLE - 8, 13, "start", panel.title());
        double highest = panel.bars().stream().mapToDouble(Bar::value).max().orElse(0);
        int top = y + PANEL_TITLE;
        for (Bar bar : panel.bars()) {
            double length = highest > 0 ? LONGEST * bar.value() / highest : 0;
            int base = top + BAR - 6;
            text(x + LABEL_WIDTH - 6, base, 12, "end", bar.label());
            rectangle(x + LABEL_WIDTH, top + 2, length, BAR - 4, bar.marked() ? "#0b6e4f" : "#b4bcc4");
            text(x + LABEL_WIDTH + length + 5, base, 12, "start", bar.text());
            top += BAR;
        }
    }

    private void rectangle(double x, double y, double width, double height, String colour) throws XMLStreamException {
        xml.writeEmptyElement("rect");
        attribute("x", x);
        attribute("y", y);
        attribute("width", width);
        attribute("height", height);
        attribute("fill", colour);
    }

    private void text(double x, double y, int size, String anchor, String text) throws XMLStreamException {
        xml.writeStartElement("text");
        attribute("x", x);
        attribute("y", y);
        attribute("font-size", size);
        attribute("text-anchor", anchor);
        xml.writeCharacters(text);
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    private void element(String name, String text) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    private void attribute(String name, double number) throws XMLStreamException {
        attribute(name, String.format(Locale.ROOT, "%.1f", number).replace(".0", ""));
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, value);
    }
}
